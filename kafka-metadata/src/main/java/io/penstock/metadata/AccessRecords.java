// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.RemoveAccessControlEntryRecord;
import org.apache.kafka.common.metadata.RemoveUserScramCredentialRecord;
import org.apache.kafka.common.metadata.UserScramCredentialRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAclWithId;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/// Composes the records of who may do what. Nothing here decides anything.
public final class AccessRecords {
    private AccessRecords() {}

    /// @param id new for every entry
    public static MetalogRecord createAcl(Uuid id, StandardAcl acl) {
        return kafka(new StandardAclWithId(id, acl).toRecord());
    }

    public static MetalogRecord deleteAcl(Uuid id) {
        return kafka(new RemoveAccessControlEntryRecord().setId(id));
    }

    /// Salt and keys, never the password: who reads the bucket cannot log in with them.
    public static MetalogRecord setScram(String user, ScramMechanism mechanism, ScramCredential keys) {
        return kafka(new UserScramCredentialRecord()
                .setName(user)
                .setMechanism(mechanism.type())
                .setSalt(keys.salt())
                .setStoredKey(keys.storedKey())
                .setServerKey(keys.serverKey())
                .setIterations(keys.iterations()));
    }

    public static MetalogRecord removeScram(String user, ScramMechanism mechanism) {
        return kafka(new RemoveUserScramCredentialRecord().setName(user).setMechanism(mechanism.type()));
    }

    /// The user name stands for the principal from now on; once more with another expiry: it expires then instead.
    public static MetalogRecord issue(Credential credential) {
        return new MetalogRecord.CredentialIssued(credential);
    }

    /// The user name opens nothing from now on, and its keys are forgotten.
    public static List<MetalogRecord> revoke(ClusterImage image, String user) {
        List<MetalogRecord> records = new ArrayList<>();
        records.add(new MetalogRecord.CredentialRevoked(user));
        image.kafka().scram().mechanisms().forEach((mechanism, users) -> {
            if (users.containsKey(user)) {
                records.add(removeScram(user, ScramMechanism.fromType(mechanism.type())));
            }
        });
        return records;
    }

    private static MetalogRecord kafka(ApiMessage message) {
        return new MetalogRecord.Kafka(new ApiMessageAndVersion(message, (short) 0));
    }
}
