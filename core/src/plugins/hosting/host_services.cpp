// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/hosting/host_services.h"

#include <cstdlib>
#include <cstring>
#include <utility>

namespace carma::plugins {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kAllocationMax = 1ULL << 30U;
constexpr std::size_t kMessageBytesMax = 2000; // of what a plugin says; the rest is of no use to anyone

std::string bounded(const char* message)
{
    return message == nullptr ? std::string() : std::string(message, ::strnlen(message, kMessageBytesMax));
}

} // namespace

HostServices::HostServices(Settings settings, Callbacks callbacks) : m_settings(std::move(settings)), m_callbacks(std::move(callbacks))
{
    m_table = {.size = sizeof(carma_host),
        .abi = CARMA_PLUGIN_ABI,
        .context = this,
        .log = &HostServices::log,
        .cancelled = &HostServices::cancelled,
        .allocate = &HostServices::allocate,
        .release = &HostServices::release,
        .setting = &HostServices::setting,
        .fail = &HostServices::fail};
}

std::string HostServices::takeFailure()
{
    const std::lock_guard guard(m_mutex);
    return std::exchange(m_failure, {});
}

void* HostServices::allocate(void* /*context*/, std::uint64_t bytes)
{
    if (bytes > kAllocationMax) {
        return nullptr;
    }
    return std::aligned_alloc(kAlignment, (static_cast<std::size_t>(bytes) + kAlignment) / kAlignment * kAlignment);
}

void HostServices::release(void* /*context*/, void* memory) { std::free(memory); }

void HostServices::log(void* context, std::int32_t level, const char* message)
{
    const auto& self = *static_cast<const HostServices*>(context);
    if (self.m_callbacks.log) {
        self.m_callbacks.log(level, bounded(message));
    }
}

std::int32_t HostServices::cancelled(void* context)
{
    const auto& self = *static_cast<const HostServices*>(context);
    return self.m_callbacks.cancelled && self.m_callbacks.cancelled() ? 1 : 0;
}

const char* HostServices::setting(void* context, const char* name)
{
    const auto& self = *static_cast<const HostServices*>(context);
    const auto found = name == nullptr ? self.m_settings.end() : self.m_settings.find(name);
    return found == self.m_settings.end() ? nullptr : found->second.c_str();
}

void HostServices::fail(void* context, const char* message)
{
    auto& self = *static_cast<HostServices*>(context);
    const std::lock_guard guard(self.m_mutex);
    self.m_failure = bounded(message);
}

} // namespace carma::plugins
