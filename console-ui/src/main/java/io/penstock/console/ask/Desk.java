// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.ask;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.HasComponents;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.Notification.Position;
import com.vaadin.flow.component.notification.NotificationVariant;
import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.console.gateway.Answer;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.session.ConsoleApi;
import io.penstock.console.signin.SignInNavigation;
import java.util.List;
import java.util.function.Consumer;

/// Where a person's questions go out and the answers come in: whatever came of a question, something is shown.
@SpringComponent
@VaadinSessionScope
public final class Desk {
    private final ConsoleApi api;
    private final SignInNavigation signIn;

    Desk(ConsoleApi api, SignInNavigation signIn) {
        this.api = api;
        this.signIn = signIn;
    }

    public ConsoleApi api() {
        return api;
    }

    /// Gives the answer on, or shows in `place` why there is none.
    public <R, P extends Component & HasComponents> void into(P place, Answer<R> answer, Consumer<R> show) {
        if (answer instanceof Answer.Received<R>(var value)) {
            show.accept(value);
            return;
        }
        place.removeAll();
        place.add(
                answer instanceof Answer.NotFound<R>(var why)
                        ? new EmptyState("There is no such thing", "It may have been deleted.", new Code(why))
                        : new EmptyState("This cannot be shown", trouble(answer)));
    }

    /// Gives the answer on, or tells in passing why there is none.
    public <R> void orTell(Answer<R> answer, Consumer<R> show) {
        if (answer instanceof Answer.Received<R>(var value)) {
            show.accept(value);
        } else {
            tell(trouble(answer), NotificationVariant.LUMO_ERROR);
        }
    }

    /// What there is, or nothing: for what a page can do without.
    public <R> List<R> orNothing(Answer<List<R>> answer) {
        return answer instanceof Answer.Received<List<R>>(var list) ? list : List.of();
    }

    /// Something that was done, told in passing.
    public void done(String text) {
        tell(text, NotificationVariant.LUMO_SUCCESS);
    }

    /// Why there is no answer, for people. Whoever's key is refused is led to the sign-in.
    public <R> String trouble(Answer<R> answer) {
        return switch (answer) {
            case Answer.Received<R> _ -> "";
            case Answer.KeyRefused<R>() -> {
                signIn.keyRefused(UI.getCurrent());
                yield "Your key is not accepted any more.";
            }
            case Answer.NotAllowed<R>(var why) -> "Your key does not allow this: " + why;
            case Answer.NotFound<R>(var why) -> why;
            case Answer.Refused<R>(var refusal) -> refusal.text();
            case Answer.Unavailable<R>(var why) ->
                "There is no answer now (" + why + "). Brokers keep serving; try again.";
        };
    }

    private static void tell(String text, NotificationVariant tone) {
        var notification = Notification.show(text, 6_000, Position.BOTTOM_START);
        notification.addThemeVariants(tone);
    }
}
