// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.alert;

import io.penstock.api.WebhookSpec;
import io.penstock.control.alert.AlertRows.Delivery;
import io.penstock.control.document.DocumentService;
import io.penstock.control.resource.Documents;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Tells webhooks what they are to be told, until they answer 2xx or it was tried too often. Who receives it
/// may see it
/// more than once; the event's id tells.
///
/// `Penstock-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of `<seconds>.<body>` with the webhook's
/// secret.
@Component
class WebhookDeliveries {
    private static final Logger log = LoggerFactory.getLogger(WebhookDeliveries.class);
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Duration TAKEN_FOR = Duration.ofMinutes(1);
    private static final int AT_ONCE = 50;

    private final AlertRows rows;
    private final Documents documents;
    private final DocumentService service;
    private final WebhookRules rules;
    private final WebhookSettings settings;
    private final Clock clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(WITHIN)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    WebhookDeliveries(
            AlertRows rows,
            Documents documents,
            DocumentService service,
            WebhookRules rules,
            WebhookSettings settings,
            Clock clock) {
        this.rows = rows;
        this.documents = documents;
        this.service = service;
        this.rules = rules;
        this.settings = settings;
        this.clock = clock;
    }

    @Scheduled(fixedDelayString = "${penstock.webhooks.interval:PT2S}", initialDelayString = "PT2S")
    void deliver() {
        var now = clock.instant();
        rows.take(now, now.plus(TAKEN_FOR), AT_ONCE).forEach(delivery -> threads.execute(() -> deliver(delivery)));
    }

    private void deliver(Delivery delivery) {
        var webhook = documents.find(WebhookRules.KIND, delivery.webhookId());
        var secret = service.secretOf(delivery.webhookId());
        if (webhook.isEmpty() || secret.isEmpty()) {
            rows.delivered(delivery.id());
            return;
        }
        try {
            int status = sent(service.spec(rules, webhook.get()), secret.get(), delivery.body());
            if (status >= 200 && status <= 299) {
                rows.delivered(delivery.id());
            } else {
                failed(delivery, "answered " + status);
            }
        } catch (IOException e) {
            failed(delivery, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int sent(WebhookSpec webhook, String secret, String body) throws IOException, InterruptedException {
        var uri = URI.create(Objects.requireNonNull(webhook.url()));
        if (!settings.allowPrivateAddresses()
                && Arrays.stream(InetAddress.getAllByName(uri.getHost())).anyMatch(WebhookDeliveries::isPrivate)) {
            throw new IOException("its address is not a public one");
        }
        var request = HttpRequest.newBuilder(uri)
                .timeout(WITHIN)
                .header("Content-Type", "application/cloudevents+json")
                .header("User-Agent", "penstock")
                .header("Penstock-Signature", signature(secret, clock.instant().getEpochSecond(), body))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || uniqueLocal
                || shared;
    }

    static String signature(String secret, long seconds, String body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            var digest = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private void failed(Delivery delivery, String why) {
        if (delivery.attempts() >= settings.attempts()) {
            log.warn("event=webhook_given_up webhook={} cause={}", delivery.webhookId(), why);
            rows.delivered(delivery.id());
            return;
        }
        var pause = settings.firstPause().multipliedBy(1L << (2 * (delivery.attempts() - 1)));
        rows.again(delivery.id(), clock.instant().plus(pause), why);
    }

    @PreDestroy
    void end() {
        threads.shutdownNow();
    }
}
