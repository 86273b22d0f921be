// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/plugin_abi.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace carma::plugins {

using Settings = std::map<std::string, std::string>;

/// What the host does for one instance (carma_host). Thread-safe where the interface says so.
class HostServices {
public:
    struct Callbacks {
        std::function<void(std::int32_t level, std::string_view line)> log; ///< may be empty. From any thread
        std::function<bool()> cancelled;                                    ///< may be empty. From any thread
    };

    HostServices(Settings settings, Callbacks callbacks);
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;

    [[nodiscard]] const carma_host* table() const { return &m_table; }

    /// The sentence of the last host->fail since the last call of this; empty if there was none.
    std::string takeFailure();

    static void* allocate(void* context, std::uint64_t bytes);
    static void release(void* context, void* memory);

private:
    static void log(void* context, std::int32_t level, const char* message);
    static std::int32_t cancelled(void* context);
    static const char* setting(void* context, const char* name);
    static void fail(void* context, const char* message);

    const Settings m_settings;
    const Callbacks m_callbacks;
    carma_host m_table{};
    std::mutex m_mutex;
    std::string m_failure; ///< guarded by m_mutex
};

} // namespace carma::plugins
