// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "arguments.h"
#include "exit_codes.h"
#include "session.h"

#include <carma/store.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace carma::cli {

/// What help says about a command.
struct CommandHelp {
    std::string_view group;                 ///< heading in the list of commands: "memory", "healing", "billing", "store", "other"
    std::string_view summary;               ///< one line, no full stop
    std::string_view description;           ///< paragraphs, separated by empty lines
    std::vector<std::string_view> examples; ///< whole command lines
    std::vector<ExitCode> exits;            ///< those that this command can end with, beside usage
};

/// One command: its options, their check and what it does. Lives for one run of the program.
class Command {
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual CommandHelp help() const = 0;
    /// Declares options and words. Targets are members of the command.
    virtual void declare(Arguments& /*arguments*/) {}
    /// Called before anything is opened. InvalidArgument for options that contradict each other.
    virtual Result<void> validate(const GlobalOptions& /*global*/) { return {}; }
    virtual Result<ExitCode> run(Session& session) = 0;
};

/// A command that needs the store open.
class StoreCommand : public Command {
public:
    Result<ExitCode> run(Session& session) final;

protected:
    /// Commands that only read run beside a writer.
    [[nodiscard]] virtual bool writes() const { return false; }
    /// A command that only reads, but had better be the writer where nobody else is: what readers counted is then taken in first.
    [[nodiscard]] virtual bool gathers() const { return false; }
    /// Whether the policy asks for an audit entry about this read. Then the store is opened for writing.
    [[nodiscard]] virtual bool isAudited(const AuditPolicy& /*policy*/) const { return false; }
    virtual Result<ExitCode> runWith(Store& store, Session& session) = 0;
};

using CommandList = std::vector<std::unique_ptr<Command>>;

} // namespace carma::cli
