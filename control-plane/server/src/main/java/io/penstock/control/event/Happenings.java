// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.event;

import io.penstock.api.ResourceRef;
import io.penstock.control.access.Scope;
import io.penstock.control.cluster.ClusterPhaseChanged;
import io.penstock.control.event.EventService.Happening;
import io.penstock.control.fleet.FleetEvent;
import jakarta.annotation.PreDestroy;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Turns what the modules announce into events.
@Component
class Happenings {
    private static final Logger log = LoggerFactory.getLogger(Happenings.class);

    private final EventService events;
    // What fleets announce must not wait for the database; one thread keeps it in order.
    private final ExecutorService notes =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("events").factory());

    Happenings(EventService events) {
        this.events = events;
    }

    /// In the transaction that changes the phase.
    @EventListener
    void on(ClusterPhaseChanged changed) {
        events.happened(new Happening(
                "cluster." + changed.phase().name().toLowerCase(Locale.ROOT),
                new Scope.OfCluster(changed.tenantId(), changed.clusterId()),
                new ResourceRef("Cluster", changed.clusterId(), "/v1/clusters/" + changed.clusterId()),
                Map.of()));
    }

    @EventListener
    void on(FleetEvent event) {
        if (event instanceof FleetEvent.PhaseChanged(var fleetId, var brokerId, var from, var to)) {
            notes.execute(() -> note(new Happening(
                    "broker." + to.name().toLowerCase(Locale.ROOT),
                    new Scope.Organization(),
                    new ResourceRef("Broker", brokerId, "/v1/fleets/" + fleetId + "/brokers/" + brokerId),
                    Map.of("from", from.name(), "to", to.name()))));
        }
    }

    private void note(Happening happening) {
        try {
            events.happened(happening);
        } catch (DataAccessException | TransactionException e) {
            log.warn("event=event_not_noted type={} cause={}", happening.type(), e.toString());
        }
    }

    @PreDestroy
    void end() {
        notes.close();
    }
}
