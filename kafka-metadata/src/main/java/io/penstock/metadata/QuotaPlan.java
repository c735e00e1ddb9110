// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.metadata.ClientQuotaRecord;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.image.ClientQuotaImage;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.config.QuotaConfig;
import org.jspecify.annotations.Nullable;

/// What asked-for changes of client quotas come to, by the rules of Kafka's controller. Addresses are
/// literal: names of hosts are not looked up.
///
/// @param results one for each entry, in their order
/// @param records of what changes; empty if nothing does
public record QuotaPlan(List<ApiError> results, List<MetalogRecord> records) {
    private static final double EPSILON = 1e-6;
    private static final Set<String> TYPES =
            Set.of(ClientQuotaEntity.USER, ClientQuotaEntity.CLIENT_ID, ClientQuotaEntity.IP);

    /// All changes of one entity happen, or none.
    public static QuotaPlan of(ClusterImage image, AlterClientQuotasRequestData asked) {
        List<ApiError> results = new ArrayList<>();
        List<MetalogRecord> records = new ArrayList<>();
        for (EntryData entry : asked.entries()) {
            Map<String, @Nullable String> entity = new LinkedHashMap<>();
            Optional<String> problem = entity(entry, entity).or(() -> values(entry, entity));
            results.add(problem.map(message -> new ApiError(Errors.INVALID_REQUEST, message))
                    .orElse(ApiError.NONE));
            if (problem.isEmpty()) {
                records.addAll(changes(image, entry, entity));
            }
        }
        return new QuotaPlan(results, asked.validateOnly() ? List.of() : records);
    }

    private static Optional<String> entity(EntryData entry, Map<String, @Nullable String> entity) {
        if (entry.entity().isEmpty()) {
            return Optional.of("Invalid empty client quota entity");
        }
        for (EntityData part : entry.entity()) {
            String type = part.entityType();
            if (entity.containsKey(type)) {
                return Optional.of("Invalid client quota entity, duplicate entity entry " + type);
            }
            if (!TYPES.contains(type)) {
                return Optional.of("Unhandled client quota entity type: " + type);
            }
            if (part.entityName() != null && part.entityName().isEmpty()) {
                return Optional.of("Empty " + type + " not supported");
            }
            entity.put(type, part.entityName());
        }
        if (!entity.containsKey(ClientQuotaEntity.IP)) {
            return Optional.empty();
        }
        if (entity.size() > 1) {
            return Optional.of(
                    "Invalid quota entity combination, IP entity should not be combined with User or ClientId");
        }
        String address = entity.get(ClientQuotaEntity.IP);
        return address == null || isAddress(address)
                ? Optional.empty()
                : Optional.of(address + " is not an IP address; names of hosts are not looked up.");
    }

    private static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<String> values(EntryData entry, Map<String, @Nullable String> entity) {
        Map<String, ConfigDef.ConfigKey> keys = (entity.containsKey(ClientQuotaEntity.IP)
                        ? QuotaConfig.ipConfigs()
                        : QuotaConfig.userAndClientQuotaConfigs())
                .configKeys();
        return entry.ops().stream()
                .filter(op -> !op.remove())
                .map(op -> problem(op, Optional.ofNullable(keys.get(op.key()))))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> problem(OpData op, Optional<ConfigDef.ConfigKey> key) {
        if (key.isEmpty()) {
            return Optional.of("Invalid configuration key " + op.key());
        }
        if (!(op.value() > 0)) {
            return Optional.of("Quota " + op.key() + " must be greater than 0");
        }
        ConfigDef.Type type = key.get().type();
        double most = type == ConfigDef.Type.INT
                ? Integer.MAX_VALUE
                : type == ConfigDef.Type.LONG ? Long.MAX_VALUE : Double.MAX_VALUE;
        if (op.value() > most) {
            return Optional.of("Proposed value for " + op.key() + " is too large for a " + type + ".");
        }
        return type == ConfigDef.Type.DOUBLE || op.value() % 1.0 <= EPSILON
                ? Optional.empty()
                : Optional.of(op.key() + " cannot be a fractional value.");
    }

    private static List<MetalogRecord> changes(
            ClusterImage image, EntryData entry, Map<String, @Nullable String> entity) {
        ClientQuotaImage present =
                image.kafka().clientQuotas().entities().get(new ClientQuotaEntity(new HashMap<>(entity)));
        Map<String, Double> known = present == null ? Map.of() : present.quotas();
        List<MetalogRecord> records = new ArrayList<>();
        for (OpData op : entry.ops()) {
            boolean same =
                    op.remove() ? !known.containsKey(op.key()) : known.getOrDefault(op.key(), Double.NaN) == op.value();
            if (same) {
                continue;
            }
            ClientQuotaRecord record = new ClientQuotaRecord()
                    .setKey(op.key())
                    .setValue(op.remove() ? 0 : op.value())
                    .setRemove(op.remove());
            entity.forEach((type, name) -> record.entity()
                    .add(new ClientQuotaRecord.EntityData().setEntityType(type).setEntityName(name)));
            records.add(new MetalogRecord.Kafka(new ApiMessageAndVersion(record, (short) 0)));
        }
        return records;
    }
}
