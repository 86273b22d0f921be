// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/plugin_abi.h>
#include <carma/result.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

/// What every C++ plugin of this tree needs on its side of carma/plugin_abi.h. Header only; the template does without it.
namespace carma::plugin {

/// A setting's text; empty for a name that is not there.
inline std::string textSetting(const carma_host& host, const char* name)
{
    const char* const value = host.setting(host.context, name);
    return value == nullptr ? std::string() : std::string(value);
}

/// A whole number, brought to `least` or `most` where it is beyond.
inline std::int64_t numberSetting(const carma_host& host, const char* name, std::int64_t least, std::int64_t most)
{
    return std::clamp<std::int64_t>(std::strtoll(textSetting(host, name).c_str(), nullptr, 10), least, most);
}

inline bool flagSetting(const carma_host& host, const char* name) { return textSetting(host, name) == "true"; }

inline bool isCancelled(const carma_host& host) { return host.cancelled(host.context) != 0; }

/// Puts a model's name where the host looks for it: what is not printable ASCII becomes '-', what is too long is cut.
inline void putName(carma_embedder_info& info, std::string name)
{
    std::ranges::replace_if(
        name, [](char c) { return c <= ' ' || c > '~'; }, '-');
    name.resize(std::min(name.size(), sizeof info.name - 1));
    std::memcpy(info.name, name.c_str(), name.size() + 1);
}

/// Runs `call`, which returns Result<void>, and tells the host why it failed. Io becomes CARMA_UNAVAILABLE. No exception gets past it;
/// `speaker` begins the sentence about one.
template <typename Call> std::int32_t guarded(const carma_host& host, Call call, const char* speaker = "")
{
    try {
        const Result<void> result = call();
        if (result.has_value()) {
            return CARMA_OK;
        }
        host.fail(host.context, result.error().message.c_str());
        const ErrorCode code = result.error().code;
        return code == ErrorCode::Cancelled ? CARMA_CANCELLED : code == ErrorCode::Io ? CARMA_UNAVAILABLE : CARMA_FAILED;
    } catch (const std::exception& error) {
        host.fail(host.context, (std::string(speaker) + error.what()).c_str());
        return CARMA_FAILED;
    }
}

} // namespace carma::plugin
