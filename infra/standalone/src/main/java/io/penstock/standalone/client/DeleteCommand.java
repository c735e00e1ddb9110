// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock delete KIND NAME`.
@Command(name = "delete", description = "Deletes one thing.", mixinStandardHelpOptions = true)
public final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private Remote remote = new Remote();

    @Mixin
    private PlaceOptions place = new PlaceOptions();

    @Parameters(index = "0", paramLabel = "KIND", description = "Singular or plural.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name or id.")
    private String name = "";

    @Option(names = "--wait", description = "Wait until it is gone.")
    private boolean wait;

    @Override
    public Integer call() {
        delete(remote.directory(), Kind.named(kind), place.place(), name, wait);
        return 0;
    }

    static void delete(Directory directory, Kind kind, Directory.Place place, String name, boolean wait) {
        var found = directory.one(kind, place, name);
        var answer = directory.api().delete(directory.collection(kind, place) + "/" + Kind.address(found));
        if (wait) {
            answer.operation().ifPresent(directory.api()::await);
        }
        System.out.println(kind.singular() + " " + name
                + (wait || answer.operation().isEmpty() ? " deleted" : " is being deleted"));
    }
}
