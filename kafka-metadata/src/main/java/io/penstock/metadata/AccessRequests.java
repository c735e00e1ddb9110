// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;
import org.apache.kafka.server.authorizer.AclDeleteResult;

/// Kafka clients' requests about ACLs, credentials, quotas and features: bytes in, records and bytes out.
/// They are authorized before.
public final class AccessRequests {
    /// The last version whose answers name every feature.
    private static final short FEATURES_ONE_BY_ONE = 1;

    private AccessRequests() {}

    /// @param response what the client is told when the records are stored
    /// @param records of what changes; empty if nothing does
    public record Plan(ByteBuffer response, List<MetalogRecord> records) {}

    /// @param version of request and response
    /// @param request the body, without its header
    /// @param newIds where ids of new ACLs come from
    /// @throws IllegalArgumentException for any other API
    public static Plan plan(ClusterImage image, ApiKeys api, short version, ByteBuffer request, Supplier<Uuid> newIds) {
        ByteBufferAccessor body = new ByteBufferAccessor(request);
        return switch (api) {
            case CREATE_ACLS -> create(image, version, new CreateAclsRequestData(body, version), newIds);
            case DELETE_ACLS ->
                delete(image, version, DeleteAclsRequest.parse(body, version).filters());
            case ALTER_USER_SCRAM_CREDENTIALS ->
                scram(image, version, new AlterUserScramCredentialsRequestData(body, version));
            case UPDATE_FEATURES -> features(image, version, new UpdateFeaturesRequestData(body, version));
            case ALTER_CLIENT_QUOTAS -> quotas(image, version, new AlterClientQuotasRequestData(body, version));
            default -> throw new IllegalArgumentException(api + " does not change who may do what");
        };
    }

    private static Plan create(
            ClusterImage image, short version, CreateAclsRequestData request, Supplier<Uuid> newIds) {
        List<AclBinding> bindings = new ArrayList<>();
        List<AclCreationResult> told = new ArrayList<>();
        CreateAclsResponseData answer = new CreateAclsResponseData();
        for (CreateAclsRequestData.AclCreation creation : request.creations()) {
            AclCreationResult result = new AclCreationResult();
            answer.results().add(result);
            try {
                bindings.add(CreateAclsRequest.aclBinding(creation));
                told.add(result);
            } catch (IllegalArgumentException onlyFilters) {
                // ANY and MATCH are for filters: no ACL can have them.
                result.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(onlyFilters.getMessage());
            }
        }
        AclPlan.Plan<AclPlan.Created> plan = AclPlan.create(image, bindings, newIds);
        for (int n = 0; n < told.size(); n++) {
            if (plan.results().get(n) instanceof AclPlan.Created.Refused(var why)) {
                told.get(n).setErrorCode(Errors.forException(why).code()).setErrorMessage(why.getMessage());
            }
        }
        return new Plan(bytes(answer, version), plan.records());
    }

    private static Plan delete(ClusterImage image, short version, List<AclBindingFilter> filters) {
        AclPlan.Plan<AclPlan.Deleted> plan = AclPlan.delete(image, filters);
        DeleteAclsResponseData answer = new DeleteAclsResponseData();
        for (AclPlan.Deleted deleted : plan.results()) {
            answer.filterResults()
                    .add(
                            switch (deleted) {
                                case AclPlan.Deleted.Refused(var why) ->
                                    new DeleteAclsFilterResult()
                                            .setErrorCode(
                                                    Errors.forException(why).code())
                                            .setErrorMessage(why.getMessage());
                                case AclPlan.Deleted.Matched(var acls) ->
                                    DeleteAclsResponse.filterResult(new AclDeleteResult(acls.values().stream()
                                            .map(AclDeleteResult.AclBindingDeleteResult::new)
                                            .toList()));
                            });
        }
        return new Plan(bytes(new DeleteAclsResponse(answer, version).data(), version), plan.records());
    }

    private static Plan scram(ClusterImage image, short version, AlterUserScramCredentialsRequestData request) {
        ScramPlan plan = ScramPlan.of(image, request);
        AlterUserScramCredentialsResponseData answer = new AlterUserScramCredentialsResponseData();
        plan.results()
                .forEach((user, error) -> answer.results()
                        .add(new AlterUserScramCredentialsResult()
                                .setUser(user)
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.isSuccess() ? null : error.message())));
        return new Plan(bytes(answer, version), plan.records());
    }

    private static Plan features(ClusterImage image, short version, UpdateFeaturesRequestData request) {
        FeaturePlan plan = FeaturePlan.of(image, request);
        UpdateFeaturesResponseData answer = new UpdateFeaturesResponseData()
                .setErrorCode(plan.error().error().code())
                .setErrorMessage(
                        plan.error().isSuccess()
                                ? null
                                : "The update failed for all features since the following feature had an error: "
                                        + plan.error().message());
        if (plan.error().isSuccess() && version <= FEATURES_ONE_BY_ONE) {
            request.featureUpdates()
                    .forEach(update -> answer.results()
                            .add(new UpdateFeaturesResponseData.UpdatableFeatureResult()
                                    .setFeature(update.feature())
                                    .setErrorCode(Errors.NONE.code())));
        }
        return new Plan(bytes(answer, version), plan.records());
    }

    private static Plan quotas(ClusterImage image, short version, AlterClientQuotasRequestData request) {
        QuotaPlan plan = QuotaPlan.of(image, request);
        AlterClientQuotasResponseData answer = new AlterClientQuotasResponseData();
        for (int i = 0; i < plan.results().size(); i++) {
            ApiError error = plan.results().get(i);
            AlterClientQuotasResponseData.EntryData told = new AlterClientQuotasResponseData.EntryData()
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.isSuccess() ? null : error.message());
            request.entries()
                    .get(i)
                    .entity()
                    .forEach(part -> told.entity()
                            .add(new AlterClientQuotasResponseData.EntityData()
                                    .setEntityType(part.entityType())
                                    .setEntityName(part.entityName())));
            answer.entries().add(told);
        }
        return new Plan(bytes(answer, version), plan.records());
    }

    private static ByteBuffer bytes(ApiMessage answer, short version) {
        return MessageUtil.toByteBufferAccessor(answer, version).buffer();
    }
}
