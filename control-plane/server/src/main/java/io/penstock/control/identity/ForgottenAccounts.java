// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterPreparation;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.NewResource;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Credential;
import io.penstock.metadata.MetalogRecord;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Whom the credentials in a cluster's metalog are for, when the cluster was away: accounts that were deleted
/// meanwhile lose theirs, and accounts that came with an adopted cluster get a row, so that they can be seen
/// and taken away.
@Component
class ForgottenAccounts implements ClusterPreparation {
    private static final Logger LOG = LoggerFactory.getLogger(ForgottenAccounts.class);
    private static final int STORED_WITHIN_SECONDS = 20;
    private static final String ADOPTER = "adoption";

    private final ServiceAccounts accounts;
    private final DeletedServiceAccounts deleted;
    private final Metalog metalog;
    private final TransactionTemplate transactions;
    private final Clock clock;

    ForgottenAccounts(
            ServiceAccounts accounts,
            DeletedServiceAccounts deleted,
            Metalog metalog,
            TransactionTemplate transactions,
            Clock clock) {
        this.accounts = accounts;
        this.deleted = deleted;
        this.metalog = metalog;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public void prepare(Cluster cluster) {
        Set<String> principals = principals(metalog.image(cluster.id()));
        if (principals.isEmpty()) {
            return;
        }
        Set<String> gone = deleted.among(principals);
        if (!gone.isEmpty()) {
            revoke(cluster.id(), gone);
        }
        if (cluster.adopted()) {
            Set<String> known = accounts.findByIdIn(principals).stream()
                    .map(ServiceAccount::id)
                    .collect(Collectors.toSet());
            principals.stream()
                    .filter(id -> !known.contains(id) && !gone.contains(id))
                    .forEach(id -> adopt(cluster, id));
        }
    }

    private static Set<String> principals(ClusterImage image) {
        return image.credentials().values().stream()
                .map(Credential::principal)
                .filter(principal -> principal.startsWith(IdPrefix.SERVICE_ACCOUNT.text() + "_"))
                .collect(Collectors.toSet());
    }

    private void revoke(String clusterId, Set<String> gone) {
        Integer entry = transactions.execute(status -> metalog.append(clusterId, image -> {
            List<MetalogRecord> records = new ArrayList<>();
            image.credentials().values().stream()
                    .filter(credential -> gone.contains(credential.principal()))
                    .forEach(credential -> records.addAll(AccessRecords.revoke(image, credential.user())));
            return records;
        }));
        if (entry != null) {
            metalog.stored(clusterId, entry)
                    .orTimeout(STORED_WITHIN_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
        LOG.info("event=credentials_revoked cluster={} accounts={}", clusterId, gone.size());
    }

    /// It is called by its id, which nobody else is.
    private void adopt(Cluster cluster, String id) {
        String name = id.toLowerCase(Locale.ROOT).replace('_', '-');
        transactions.executeWithoutResult(status -> accounts.saveAndFlush(new ServiceAccount(
                id,
                new NewResource(name, Map.of(), false, ADOPTER, clock.instant()),
                cluster.tenantId(),
                "came with cluster " + cluster.id())));
    }
}
