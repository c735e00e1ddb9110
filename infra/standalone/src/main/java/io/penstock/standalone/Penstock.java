// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.client.ApplyCommand;
import io.penstock.standalone.client.ClusterCommand;
import io.penstock.standalone.client.ConnectCommand;
import io.penstock.standalone.client.ContextCommand;
import io.penstock.standalone.client.DeleteCommand;
import io.penstock.standalone.client.DescribeCommand;
import io.penstock.standalone.client.FleetCommand;
import io.penstock.standalone.client.GetCommand;
import io.penstock.standalone.client.Refusal;
import io.penstock.standalone.client.TopicCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// What the launcher runs: `./penstock COMMAND`.
@Command(
        name = "penstock",
        description = "A managed Kafka service whose brokers own nothing.",
        mixinStandardHelpOptions = true,
        version = "Penstock 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            DrillCommand.class,
            BucketCommand.class,
            GetCommand.class,
            DescribeCommand.class,
            ApplyCommand.class,
            DeleteCommand.class,
            ClusterCommand.class,
            FleetCommand.class,
            TopicCommand.class,
            ConnectCommand.class,
            ContextCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "  bench   Measures it, beside Apache Kafka (`--suite smoke|full`).",
            "  test    Runs the test suite (`--all`: the large sizes, too).",
            "",
            "Start with: ./penstock up"
        })
public final class Penstock {
    private Penstock() {}

    /// Exit codes are those of sysexits.h; trouble is one line that says what to do.
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        return new CommandLine(new Penstock())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExitCodeExceptionMapper(failure -> switch (failure) {
                    case Trouble trouble -> trouble.exitCode();
                    case Refusal refusal -> refusal.exitCode();
                    default -> Trouble.SOFTWARE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    switch (failure) {
                        case Trouble trouble -> command.getErr().println("penstock: " + trouble.getMessage());
                        case Refusal refusal -> command.getErr().println("penstock: " + refusal.getMessage());
                        default -> failure.printStackTrace(command.getErr());
                    }
                    return command.getExitCodeExceptionMapper().getExitCode(failure);
                })
                .setParameterExceptionHandler((failure, args) -> {
                    failure.getCommandLine().getErr().println("penstock: " + failure.getMessage());
                    failure.getCommandLine()
                            .getErr()
                            .println("Try: ./penstock help "
                                    + failure.getCommandLine().getCommandName());
                    return Trouble.USAGE;
                })
                .execute(arguments);
    }
}
