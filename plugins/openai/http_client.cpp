// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http_client.h"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <utility>

namespace carma::openai {

namespace {

struct Transfer {
    Response response;
    std::size_t bodyBytesMax = 0;
    bool tooLarge = false;
    const std::function<bool()>* cancelled = nullptr;
};

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* context)
{
    auto& transfer = *static_cast<Transfer*>(context);
    const std::size_t got = size * count;
    if (got > transfer.bodyBytesMax - transfer.response.body.size()) {
        transfer.tooLarge = true;
        return 0; // ends the transfer
    }
    transfer.response.body.append(bytes, got);
    return got;
}

int watch(void* context, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*uploadTotal*/, curl_off_t /*uploaded*/)
{
    return (*static_cast<Transfer*>(context)->cancelled)() ? 1 : 0;
}

} // namespace

struct HttpClient::Handle {
    CURL* curl = nullptr;
    curl_slist* headers = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
};

HttpClient::HttpClient(std::string url, const std::string& key, const Limits& limits)
    : m_url(std::move(url)), m_limits(limits), m_handle(std::make_unique<Handle>())
{
    ::curl_global_init(CURL_GLOBAL_DEFAULT);
    m_handle->curl = ::curl_easy_init();
    m_handle->headers = ::curl_slist_append(nullptr, "Content-Type: application/json");
    if (!key.empty()) {
        m_handle->headers = ::curl_slist_append(m_handle->headers, ("Authorization: Bearer " + key).c_str());
    }
}

HttpClient::~HttpClient()
{
    ::curl_slist_free_all(m_handle->headers);
    ::curl_easy_cleanup(m_handle->curl);
}

Result<Response> HttpClient::post(const std::string& body, const std::function<bool()>& cancelled)
{
    CURL* const curl = m_handle->curl;
    if (curl == nullptr) {
        return {ErrorCode::Io, "libcurl cannot be used"};
    }
    Transfer transfer;
    transfer.bodyBytesMax = m_limits.bodyBytesMax;
    transfer.cancelled = &cancelled;
    m_handle->error[0] = '\0';
    ::curl_easy_setopt(curl, CURLOPT_URL, m_url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, m_handle->headers);
    ::curl_easy_setopt(curl, CURLOPT_POST, 1L);
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(m_limits.timeoutMs));
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, m_handle->error.data());
    const CURLcode code = ::curl_easy_perform(curl);
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return {ErrorCode::Cancelled, "was asked to stop"};
    }
    if (transfer.tooLarge) {
        return {ErrorCode::LimitExceeded, m_url + " answered with more than " + std::to_string(m_limits.bodyBytesMax >> 20U) + " MiB"};
    }
    if (code != CURLE_OK) {
        const std::string why = m_handle->error[0] == '\0' ? ::curl_easy_strerror(code) : m_handle->error.data();
        return {ErrorCode::Io, m_url + " gave no whole answer: " + why};
    }
    curl_off_t seconds = 0;
    ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &transfer.response.status);
    ::curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
    transfer.response.retryAfterMs = std::clamp<std::int64_t>(seconds, 0, 3600) * 1000;
    return std::move(transfer.response);
}

} // namespace carma::openai
