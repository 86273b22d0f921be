// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "answer.h"
#include "http_client.h"
#include "support.h"

#include <carma/plugin_abi.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

namespace {

using namespace carma;
using namespace carma::openai;
using namespace carma::plugin;

constexpr std::int64_t kFirstPauseMs = 250; // doubled with each retry
constexpr std::int64_t kLongestPauseMs = 15'000;
constexpr std::size_t kKeyBytesMax = 4096;

std::int64_t nowMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool isPrintable(const std::string& key)
{
    return std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
}

/// What the host found in the keychain, or the first line of a file. The key itself is in no message.
Result<std::string> readKey(const std::string& fromKeychain, const std::string& path)
{
    if (!fromKeychain.empty() && !path.empty()) {
        return {ErrorCode::InvalidArgument, "both key and key_file are set; take one of them away"};
    }
    if (!isPrintable(fromKeychain)) {
        return {ErrorCode::InvalidArgument, "what the keychain has is no key: it holds more than one line or word"};
    }
    if (path.empty()) {
        return fromKeychain;
    }
    std::ifstream file(path, std::ios::binary);
    std::string key(kKeyBytesMax, '\0');
    file.read(key.data(), static_cast<std::streamsize>(key.size()));
    key.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
    key.resize(std::min(key.find_first_of("\r\n"), key.size()));
    if (key.empty() || !isPrintable(key)) {
        return {ErrorCode::NotFound, "the key file " + path + " cannot be read, or its first line is no key"};
    }
    return key;
}

class Client {
public:
    static Result<std::unique_ptr<Client>> open(const carma_host& host)
    {
        std::string url = textSetting(host, "url");
        while (url.ends_with('/')) {
            url.pop_back();
        }
        CARMA_TRY_ASSIGN(const std::string key, readKey(textSetting(host, "key"), textSetting(host, "key_file")));
        auto self = std::make_unique<Client>(host, url + "/embeddings", key);
        if (self->m_question.model.empty()) {
            return {ErrorCode::InvalidArgument, "the setting model is empty; name a model of the server, as in openai:nomic-embed-text"};
        }
        // One text tells the dimension, and whether there is such a server and such a model.
        const carma_text probe{"dimension", 9};
        CARMA_TRY(self->ask({&probe, 1}));
        return self;
    }

    Client(const carma_host& host, const std::string& url, const std::string& key)
        : m_host(host), m_http(url, key, {.timeoutMs = numberSetting(host, "timeout_ms", 100, 600'000)}),
          m_dimension(static_cast<std::uint32_t>(numberSetting(host, "dimension", 0, 4096))),
          m_retries(numberSetting(host, "retries", 0, 20)), m_batch(static_cast<std::size_t>(numberSetting(host, "batch", 1, 2048)))
    {
        m_question = {.model = textSetting(host, "model"),
            .prefix = textSetting(host, "prefix"),
            .dimension = flagSetting(host, "ask_dimension") ? m_dimension : 0};
        const std::int64_t perMinute = numberSetting(host, "requests_per_minute", 0, 1'000'000);
        m_gapMs = perMinute == 0 ? 0 : 60'000 / perMinute;
    }

    [[nodiscard]] std::uint32_t dimension() const { return m_dimension; }
    [[nodiscard]] std::uint32_t batch() const { return static_cast<std::uint32_t>(m_batch); }
    [[nodiscard]] const std::string& model() const { return m_question.model; }

    Result<void> embed(std::span<const carma_text> texts, float* vectors)
    {
        for (std::size_t done = 0; done < texts.size(); done += std::min(m_batch, texts.size() - done)) {
            const auto batch = texts.subspan(done, std::min(m_batch, texts.size() - done));
            CARMA_TRY_ASSIGN(const std::vector<float> found, ask(batch));
            std::ranges::copy(found, vectors + done * m_dimension);
            for (std::size_t i = 0; i < batch.size(); ++i) {
                if (batch[i].bytes == 0) {
                    std::fill_n(vectors + (done + i) * m_dimension, m_dimension, 0.0F);
                }
            }
        }
        return {};
    }

private:
    [[nodiscard]] bool cancelled() const { return isCancelled(m_host); }

    /// In short steps, so that the wish to stop is seen.
    Result<void> pause(std::int64_t milliseconds) const
    {
        for (const std::int64_t end = nowMs() + milliseconds; nowMs() < end;) {
            if (cancelled()) {
                return {ErrorCode::Cancelled, "was asked to stop"};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(50, end - nowMs() + 1)));
        }
        return {};
    }

    Result<std::vector<float>> ask(std::span<const carma_text> texts)
    {
        const std::string body = requestOf(m_question, texts);
        Error last{ErrorCode::Io, "was not asked"};
        for (std::int64_t attempt = 0; attempt <= m_retries; ++attempt) {
            CARMA_TRY(pause(m_notBeforeMs - nowMs()));
            m_notBeforeMs = nowMs() + m_gapMs;
            const auto response = m_http.post(body, [this] { return cancelled(); });
            std::int64_t wait = std::min(kLongestPauseMs, kFirstPauseMs << std::min<std::int64_t>(attempt, 10));
            if (!response.has_value()) {
                last = response.error();
                if (last.code != ErrorCode::Io) {
                    return last;
                }
            } else if (response->status == 200) {
                return vectorsOf(response->body, texts.size(), m_dimension);
            } else {
                last = refusal(*response);
                if (response->status != 429 && response->status < 500) {
                    return last; // asking again would get the same answer
                }
                wait = std::min(kLongestPauseMs, std::max(wait, response->retryAfterMs));
            }
            if (attempt < m_retries) {
                m_host.log(m_host.context, CARMA_LOG_WARNING, (last.message + "; asked again in " + std::to_string(wait) + " ms").c_str());
                CARMA_TRY(pause(wait));
            }
        }
        last.message += "; tried " + std::to_string(m_retries + 1) + " times";
        return last;
    }

    [[nodiscard]] Error refusal(const Response& response) const
    {
        const std::string advice = response.status == 401 || response.status == 403 ? "; check the key in key or key_file"
            : response.status == 404                                                ? "; check url and model"
                                                                                    : "";
        return {ErrorCode::Io,
            "the server refused model '" + m_question.model + "' with HTTP " + std::to_string(response.status) + ": " +
                complaintOf(response.body) + advice};
    }

    const carma_host& m_host;
    HttpClient m_http;
    Question m_question;
    std::uint32_t m_dimension;
    const std::int64_t m_retries;
    const std::size_t m_batch;
    std::int64_t m_gapMs = 0;
    std::int64_t m_notBeforeMs = 0;
};

struct Instance {
    const carma_host* host = nullptr;
    std::unique_ptr<Client> client;
};

std::int32_t openInstance(const carma_host* host, void** instance, carma_embedder_info* info)
{
    return guarded(*host, [&]() -> Result<void> {
        auto opened = std::make_unique<Instance>();
        opened->host = host;
        CARMA_TRY_ASSIGN(opened->client, Client::open(*host));
        info->dimension = opened->client->dimension();
        info->version = 1;
        info->batch = opened->client->batch();
        putName(*info, opened->client->model());
        *instance = opened.release();
        return {};
    });
}

std::int32_t embedTexts(
    void* instance, const carma_text* texts, std::uint64_t count, float* vectors, std::uint64_t /*capacity*/, std::uint64_t* written)
{
    auto& self = *static_cast<Instance*>(instance);
    return guarded(*self.host, [&]() -> Result<void> {
        CARMA_TRY(self.client->embed({texts, static_cast<std::size_t>(count)}, vectors));
        *written = count * self.client->dimension();
        return {};
    });
}

void closeInstance(void* instance) { delete static_cast<Instance*>(instance); }

const carma_embedder kEmbedder{sizeof(carma_embedder), 0, openInstance, embedTexts, closeInstance};
const carma_plugin kPlugin{sizeof(carma_plugin), CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "openai", &kEmbedder, nullptr};

} // namespace

extern "C" const carma_plugin* carma_plugin_entry(std::uint32_t /*host_abi*/) { return &kPlugin; }
