// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Event;
import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.event.EventFilter;
import io.penstock.control.event.EventService;
import io.penstock.control.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// `/v1/events`
@RestController
@RequestMapping("/v1/events")
class EventController {
    private static final String[] FILTERS = {"type", "actor", "resource_id", "tenant_id", "cluster_id", "since", "until"
    };
    private static final int MOST_FOLLOWERS = 200;
    private static final int AT_ONCE = 200;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration QUIET_FOR = Duration.ofSeconds(15);
    // Then a follower comes again, with a credential that still has to be good.
    private static final Duration FOLLOWED_FOR = Duration.ofMinutes(10);

    private final EventService events;
    private final Lists lists;
    private final JsonMapper json;
    private final Semaphore followers = new Semaphore(MOST_FOLLOWERS);

    EventController(EventService events, Lists lists, JsonMapper json) {
        this.events = events;
        this.lists = lists;
        this.json = json;
    }

    @GetMapping
    ResourceList<Event> list(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page = lists.request(request, FILTERS);
        var filter = filter(request);
        return lists.of(
                "Event",
                request,
                events.list(caller, filter, page),
                event -> event,
                () -> events.count(caller, filter));
    }

    /// Server-sent events, until the follower has gone, or the time for one stream is over.
    @GetMapping("/stream")
    void stream(@AuthenticationPrincipal Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        lists.known(request, "max_events", "type", "actor", "resource_id", "tenant_id", "cluster_id");
        var filter = filter(request);
        long most = Lists.number(request, "max_events", 0, 100_000, Long.MAX_VALUE);
        var position = events.position(caller, request.getHeader("Last-Event-ID"));
        if (!followers.tryAcquire()) {
            throw ProblemException.of(ProblemCode.RATE_LIMITED, "Too many streams of events are open here.");
        }
        try {
            response.setContentType("text/event-stream");
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            response.setHeader("Cache-Control", "no-store");
            response.setHeader("X-Accel-Buffering", "no");
            response.flushBuffer();
            follow(caller, filter, position, most, response);
        } finally {
            followers.release();
        }
    }

    private void follow(
            Caller caller, EventFilter filter, EventService.Position from, long most, HttpServletResponse response)
            throws IOException, InterruptedException {
        var out = response.getOutputStream();
        var position = from;
        long left = most;
        long quiet = 0;
        for (long waited = 0; left > 0 && waited < FOLLOWED_FOR.toSeconds(); ) {
            var following = events.following(caller, filter, position, (int) Math.min(left, AT_ONCE));
            position = following.position();
            for (var event : following.events()) {
                out.write(("id: " + event.id() + "\nevent: " + event.type() + "\ndata: "
                                + json.writeValueAsString(event) + "\n\n")
                        .getBytes(StandardCharsets.UTF_8));
                left--;
            }
            if (following.events().isEmpty()) {
                waited++;
                quiet++;
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
            } else {
                quiet = 0;
                out.flush();
            }
            if (quiet >= QUIET_FOR.toSeconds()) {
                quiet = 0;
                out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }

    private static EventFilter filter(HttpServletRequest request) {
        return new EventFilter(
                Lists.filter(request, "type"),
                Lists.filter(request, "actor"),
                Lists.filter(request, "resource_id"),
                Lists.filter(request, "tenant_id"),
                Lists.filter(request, "cluster_id"),
                Lists.time(request, "since"),
                Lists.time(request, "until"));
    }
}
