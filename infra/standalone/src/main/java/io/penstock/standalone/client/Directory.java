// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Finds things by the names that people gave them.
record Directory(ControlPlane api) {
    private static final Pattern ID = Pattern.compile("[a-z]+_[0-9A-Z]{26}");

    /// What a command line says of where to look.
    ///
    /// @param cluster name or id
    /// @param fleet name or id
    record Place(Optional<String> cluster, Optional<String> fleet) {
        static final Place ORGANIZATION = new Place(Optional.empty(), Optional.empty());

        static Place ofCluster(String cluster) {
            return new Place(Optional.of(cluster), Optional.empty());
        }
    }

    String collection(Kind kind, Place place) {
        return kind.path(
                place.cluster().map(name -> id("clusters", name)), place.fleet().map(name -> id("fleets", name)));
    }

    List<JsonNode> list(Kind kind, Place place) {
        return api.list(collection(kind, place));
    }

    /// Empty if there is none of that name or id.
    Optional<JsonNode> find(Kind kind, Place place, String name) {
        var collection = collection(kind, place);
        if (ID.matcher(name).matches()
                || kind.collection().equals("topics")
                || kind.collection().equals("consumer-groups")) {
            return api.find(collection + "/" + ControlPlane.escape(name));
        }
        var named = api.list(collection).stream()
                .filter(one -> one.path("metadata").path("name").asString("").equals(name))
                .toList();
        if (named.size() > 1) {
            throw new Refusal(
                    Refusal.USAGE,
                    "there are " + named.size() + " " + kind.collection() + " with the name '" + name
                            + "': use one of the ids "
                            + named.stream()
                                    .map(one -> one.path("id").asString(""))
                                    .toList());
        }
        return named.stream().findFirst();
    }

    JsonNode one(Kind kind, Place place, String name) {
        return find(kind, place, name)
                .orElseThrow(() -> new Refusal(Refusal.REFUSED, "there is no " + kind.singular() + " '" + name + "'"));
    }

    /// The id of what has a name or an id.
    String id(String collection, String name) {
        return ID.matcher(name).matches()
                ? name
                : one(Kind.named(collection), Place.ORGANIZATION, name)
                        .path("id")
                        .asString();
    }
}
