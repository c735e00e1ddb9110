// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.request.RequestRouter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// How one cluster is reached.
///
/// @param policy what is asked of whoever comes in
/// @param clientCa certificates (PEM) whose holders' clients are let in as the names in their own; empty: nobody's are
///     asked for. Asked for every connection within TLS
public record Door(RequestRouter router, ListenerPolicy policy, Supplier<Optional<String>> clientCa) {
    private static final Pattern OF_ONE_BROKER = Pattern.compile("b\\d+-");

    public Door(RequestRouter router, ListenerPolicy policy) {
        this(router, policy, Optional::empty);
    }

    /// The first label of the cluster's host names: `kc-01jd…`; one broker's has `b7-` before it.
    String label() {
        return router.cluster().clusterId().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Which door a client means by the host name that it looks for.
    static String labelIn(String hostName) {
        int dot = hostName.indexOf('.');
        String first = dot < 0 ? hostName : hostName.substring(0, dot);
        return OF_ONE_BROKER.matcher(first.toLowerCase(Locale.ROOT)).replaceFirst("");
    }
}
