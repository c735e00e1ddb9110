// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.fleet.Member.Standing;
import io.penstock.objectstore.layout.Incarnation;
import java.util.List;
import java.util.Map;

/// All incarnations that this control plane knows in one cluster, at one instant.
///
/// @param strangers how incarnations stand that are in the cluster's image and that nobody here knows
public record Roster(Map<Incarnation, Member> members, Standing strangers) {
    public Roster {
        members = Map.copyOf(members);
    }

    public Standing standingOf(Incarnation incarnation) {
        Member member = members.get(incarnation);
        return member == null ? strangers : member.standing();
    }

    public List<Member> serving() {
        return members.values().stream()
                .filter(member -> member.standing() == Standing.SERVING)
                .toList();
    }
}
