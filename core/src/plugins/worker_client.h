// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugins/hosting/protocol.h"
#include "process/child_process.h"

#include <carma/plugins.h>

#include <memory>
#include <string_view>

namespace carma::plugins {

/// One carma-plugin-worker with the memory that it shares with us. After an error that ends it, alive() is false. Messages are
/// the second half of a sentence that begins with the plugin's name. Not thread-safe.
class WorkerClient {
public:
    /// Starts a process; its plugin is opened by the first ask.
    static Result<std::unique_ptr<WorkerClient>> start(const PluginOptions& options, std::string plugin);
    ~WorkerClient();
    WorkerClient(const WorkerClient&) = delete;
    WorkerClient& operator=(const WorkerClient&) = delete;

    /// Sends a request and waits for its answer; passes what the plugin logs to options.report. A time-out or a caller who stops
    /// ends the process.
    Result<Bytes> ask(FrameKind kind, ByteView payload);
    /// The two halves of ask(): requests are answered in their order, so that several may be under way. Not one answer may be left out
    /// while alive().
    Result<void> send(FrameKind kind, ByteView payload);
    Result<Bytes> receive();

    /// kPluginBatchBytes of memory that the process sees, too, and may write to at any time.
    [[nodiscard]] ByteSpan region() const { return m_region; }
    [[nodiscard]] bool alive() const { return m_alive; }
    /// Ends the process: it answered with what cannot be.
    void giveUp();
    /// Resident memory of the process; 0 if it has ended.
    [[nodiscard]] std::uint64_t residentBytes() const;

private:
    WorkerClient(const PluginOptions& options, std::string plugin);
    Error failed(process::Failure failure);
    void report(ByteView logPayload) const;

    const PluginOptions& m_options; ///< outlives this
    const std::string m_plugin;
    ByteSpan m_region;
    std::unique_ptr<process::ChildProcess> m_child;
    bool m_alive = false;
};

} // namespace carma::plugins
