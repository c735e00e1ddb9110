// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.alert;

import io.penstock.api.WebhookSpec;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.document.DocumentRules;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.IdPrefix;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Where alerts are told; each with a secret by which the receiver knows that it was us.
@Component
public final class WebhookRules implements DocumentRules<WebhookSpec> {
    static final String KIND = "Webhook";

    private final WebhookSettings settings;

    WebhookRules(WebhookSettings settings) {
        this.settings = settings;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public IdPrefix prefix() {
        return IdPrefix.WEBHOOK;
    }

    @Override
    public Class<WebhookSpec> type() {
        return WebhookSpec.class;
    }

    @Override
    public Permission read() {
        return Permission.ALERT_READ;
    }

    @Override
    public Permission manage() {
        return Permission.ALERT_MANAGE;
    }

    @Override
    public boolean ofTenants() {
        return true;
    }

    @Override
    public boolean hasSecret() {
        return true;
    }

    @Override
    public WebhookSpec checked(
            Caller caller, Scope scope, Optional<WebhookSpec> before, WebhookSpec wish, FieldChecks checks) {
        checks.that(scope.tenant().isPresent(), "/metadata/tenant_id", "required", "a webhook is a tenant's");
        var url = checks.required("/spec/url", wish.url());
        checks.that(url.isEmpty() || right(url), "/spec/url", "invalid_value", "an https URL without a user");
        return new WebhookSpec(url);
    }

    private boolean right(String url) {
        try {
            var uri = new URI(url);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && url.length() <= 2000
                    && ("https".equals(uri.getScheme())
                            || (settings.allowPrivateAddresses() && "http".equals(uri.getScheme())));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
