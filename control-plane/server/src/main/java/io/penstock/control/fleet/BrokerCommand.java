// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/// How brokers of this machine are started.
///
/// @param command a command line; words with spaces in them stand in double quotes. Empty: this control plane
/// starts no brokers
/// @param dataDirectory where their logs and join tokens lie
@ConfigurationProperties("penstock")
record BrokerCommand(
        @Name("broker.command") @DefaultValue("") String command,
        @Name("data-dir") @DefaultValue(".penstock") Path dataDirectory) {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    List<String> words() {
        var words = new ArrayList<String>();
        WORD.matcher(command).results().map(BrokerCommand::word).forEach(words::add);
        return words;
    }

    private static String word(MatchResult match) {
        String quoted = match.group(1);
        return quoted == null ? match.group(2) : quoted;
    }
}
