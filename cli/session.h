// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "interrupt.h"
#include "printer.h"
#include "progress_line.h"

#include <carma/plugins.h>
#include <carma/store.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carma::cli {

struct Arguments;

/// Options that every command takes.
struct GlobalOptions {
    std::string store;
    bool json = false;
    bool quiet = false;
    bool yes = false;
    std::optional<std::string> space;
    std::optional<std::string> actor;
    std::optional<std::string> keyFile, passphraseFile, recoveryCodeFile;
    std::vector<std::string> trusted; ///< plugins that run inside this program
    double waitSeconds = 0;
    bool progress = false;
    std::string color = "auto";
    bool help = false;
    bool version = false;

    void declare(Arguments& arguments);
    /// InvalidArgument, for instance for two ways to unlock at once.
    [[nodiscard]] Result<void> validate() const;
    [[nodiscard]] std::string spaceOrDefault() const { return space.value_or("default"); }
};

/// What a command works with: options, the printer, progress, the user's wish to stop, and the way to the store.
class Session {
public:
    Session(const GlobalOptions& options, Printer& printer, ProgressLine& progress, const Interrupt& interrupt)
        : m_options(options), m_printer(printer), m_progress(progress), m_interrupt(interrupt)
    {
    }

    [[nodiscard]] const GlobalOptions& options() const { return m_options; }
    [[nodiscard]] Printer& printer() const { return m_printer; }
    [[nodiscard]] std::stop_token stop() const { return m_interrupt.token(); }
    [[nodiscard]] bool stopped() const { return m_interrupt.requested(); }
    /// Progress and stop for long work.
    [[nodiscard]] Task task() const;
    /// To be called when the work is done and its result is about to be printed.
    void endProgress() const { m_progress.makeRoom(); }

    /// --store, else $CARMA_STORE, else the default.
    [[nodiscard]] std::string storePath() const;
    /// Who the audit names: --as, else "user@host via carma".
    [[nodiscard]] std::string actor() const;
    /// What opens the store at storePath(). NotFound if there is none, with advice.
    Result<Credentials> credentials() const;
    /// Finds the key and opens the store. `command` is what others are told who find the store busy.
    Result<std::unique_ptr<Store>> openStore(std::string_view command, bool readOnly) const;
    /// Where plugins are, how they are run and what they were set to. What one has to say goes to stderr. Must not outlive the session.
    [[nodiscard]] Result<PluginOptions> pluginOptions() const;
    /// True if the user agrees: by --yes, or by typing yes. InvalidArgument if nobody can be asked.
    Result<bool> confirmed(std::string_view question) const;

private:
    const GlobalOptions& m_options;
    Printer& m_printer;
    ProgressLine& m_progress;
    const Interrupt& m_interrupt;
};

} // namespace carma::cli
