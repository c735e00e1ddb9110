// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;

/// What asked-for changes of SCRAM credentials come to, by the rules of Kafka's controller. User names that were issued
/// with a [Credential] belong to the control plane and are refused.
///
/// @param results every user that was named, with what became of it
/// @param records of what changes; empty if nothing does
public record ScramPlan(Map<String, ApiError> results, List<MetalogRecord> records) {
    private static final int MAX_ITERATIONS = 16_384;

    /// All changes of one user happen, or none.
    public static ScramPlan of(ClusterImage image, AlterUserScramCredentialsRequestData asked) {
        Map<String, ApiError> results = new LinkedHashMap<>();
        Map<String, List<MetalogRecord>> records = new LinkedHashMap<>();
        Set<List<Object>> named = new LinkedHashSet<>();
        for (ScramCredentialDeletion deletion : asked.deletions()) {
            ScramMechanism mechanism = ScramMechanism.fromType(deletion.mechanism());
            ApiError error = problem(image, deletion.name(), mechanism, named);
            if (error.isSuccess() && keys(image, deletion.name(), mechanism).isEmpty()) {
                error = new ApiError(
                        Errors.RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist");
            }
            note(results, records, deletion.name(), error, () -> AccessRecords.removeScram(deletion.name(), mechanism));
        }
        for (ScramCredentialUpsertion upsertion : asked.upsertions()) {
            ScramMechanism mechanism = ScramMechanism.fromType(upsertion.mechanism());
            ApiError error = problem(image, upsertion.name(), mechanism, named);
            if (error.isSuccess()) {
                error = iterations(mechanism, upsertion.iterations());
            }
            note(results, records, upsertion.name(), error, () -> {
                ScramCredential keys = keys(mechanism, upsertion);
                return AccessRecords.setScram(upsertion.name(), mechanism, keys);
            });
        }
        List<MetalogRecord> all = new ArrayList<>();
        records.forEach((user, its) -> {
            if (results.getOrDefault(user, ApiError.NONE).isSuccess()) {
                all.addAll(its);
            }
        });
        return new ScramPlan(results, all);
    }

    private static void note(
            Map<String, ApiError> results,
            Map<String, List<MetalogRecord>> records,
            String user,
            ApiError error,
            Supplier<MetalogRecord> record) {
        ApiError before = results.get(user);
        if (before == null || before.isSuccess()) {
            results.put(user, error);
        }
        if (error.isSuccess()) {
            records.computeIfAbsent(user, _ -> new ArrayList<>()).add(record.get());
        }
    }

    private static ApiError problem(
            ClusterImage image, String user, ScramMechanism mechanism, Set<List<Object>> named) {
        if (user.isEmpty()) {
            return new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
        }
        if (mechanism == ScramMechanism.UNKNOWN) {
            return new ApiError(Errors.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
        }
        if (!named.add(List.of(user, mechanism))) {
            return new ApiError(
                    Errors.DUPLICATE_RESOURCE, "A user credential cannot be altered twice in the same request");
        }
        if (image.credentials().containsKey(user)) {
            return new ApiError(
                    Errors.UNACCEPTABLE_CREDENTIAL,
                    "The credential was issued by the control plane: rotate or delete it there");
        }
        return ApiError.NONE;
    }

    private static ApiError iterations(ScramMechanism mechanism, int iterations) {
        int min = internal(mechanism).minIterations();
        if (iterations < min) {
            return new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, "Too few iterations");
        }
        return iterations > MAX_ITERATIONS
                ? new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, "Too many iterations")
                : ApiError.NONE;
    }

    /// The user's keys; empty if it has none.
    public static Optional<ScramCredential> keys(ClusterImage image, String user, ScramMechanism mechanism) {
        return Optional.ofNullable(image.kafka().scram().mechanisms().get(mechanism))
                .map(users -> users.get(user))
                .map(data -> data.toCredential());
    }

    private static ScramCredential keys(ScramMechanism mechanism, ScramCredentialUpsertion upsertion) {
        try {
            ScramFormatter formatter = new ScramFormatter(internal(mechanism));
            byte[] storedKey = formatter.storedKey(formatter.clientKey(upsertion.saltedPassword()));
            byte[] serverKey = formatter.serverKey(upsertion.saltedPassword());
            return new ScramCredential(upsertion.salt(), storedKey, serverKey, upsertion.iterations());
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The keys of a password, with a fresh salt.
    public static ScramCredential keys(ScramMechanism mechanism, String password) {
        try {
            org.apache.kafka.common.security.scram.internals.ScramMechanism internal = internal(mechanism);
            return new ScramFormatter(internal).generateCredential(password, internal.minIterations());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static org.apache.kafka.common.security.scram.internals.ScramMechanism internal(ScramMechanism mechanism) {
        return org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(
                mechanism.mechanismName());
    }
}
