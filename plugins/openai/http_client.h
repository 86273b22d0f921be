// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace carma::openai {

struct Response {
    long status = 0;               ///< of HTTP
    std::int64_t retryAfterMs = 0; ///< what the server asks for; 0 for nothing
    std::string body;
};

/// Posts JSON over one connection that is kept open. Follows no redirection: the key is for the named server only. Not thread-safe.
class HttpClient {
public:
    struct Limits {
        std::int64_t timeoutMs = 20'000;
        std::size_t bodyBytesMax = 64U << 20U;
    };

    /// `key` is sent as a bearer token; empty for none.
    HttpClient(std::string url, const std::string& key, const Limits& limits);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// What the server answered, whatever its status. Io where there was no whole answer, LimitExceeded for one that is too large,
    /// Cancelled once `cancelled` says so.
    Result<Response> post(const std::string& body, const std::function<bool()>& cancelled);

private:
    struct Handle;
    const std::string m_url;
    const Limits m_limits;
    std::unique_ptr<Handle> m_handle;
};

} // namespace carma::openai
