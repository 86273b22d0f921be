// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoder.h"

#include <carma/plugin_abi.h>

#include <cstdlib>
#include <cstring>
#include <exception>

namespace {

using namespace carma;
using namespace carma::openvino;

struct Instance {
    const carma_host* host = nullptr;
    std::unique_ptr<Encoder> encoder;
};

std::string setting(const carma_host& host, const char* name)
{
    const char* const value = host.setting(host.context, name);
    return value == nullptr ? std::string() : std::string(value);
}

std::uint32_t number(const carma_host& host, const char* name)
{
    return static_cast<std::uint32_t>(std::strtoul(setting(host, name).c_str(), nullptr, 10));
}

/// Runs `call` and tells the host why it failed; no exception gets past it.
template <typename Call> std::int32_t guarded(const carma_host& host, Call call)
{
    try {
        const Result<void> result = call();
        if (result.has_value()) {
            return CARMA_OK;
        }
        host.fail(host.context, result.error().message.c_str());
        return result.error().code == ErrorCode::Cancelled ? CARMA_CANCELLED : CARMA_FAILED;
    } catch (const std::exception& error) {
        host.fail(host.context, (std::string("OpenVINO says: ") + error.what()).c_str());
        return CARMA_FAILED;
    }
}

std::int32_t openInstance(const carma_host* host, void** instance, carma_embedder_info* info)
{
    return guarded(*host, [&]() -> Result<void> {
        auto opened = std::make_unique<Instance>();
        opened->host = host;
        CARMA_TRY_ASSIGN(opened->encoder,
            Encoder::open({.folder = setting(*host, "model"),
                .prefix = setting(*host, "prefix"),
                .pooling = setting(*host, "pooling"),
                .threads = number(*host, "threads"),
                .exact = setting(*host, "exact") == "true",
                .tokensMax = number(*host, "max_tokens"),
                .networkBytesMax = std::uint64_t{number(*host, "max_model_mb")} << 20U}));
        const ModelFolder& model = opened->encoder->model();
        info->dimension = opened->encoder->dimension();
        info->version = model.version;
        info->batch = 64; // enough to sort by length, and soon done on a slow machine
        info->advised_semantic_weight = model.advisedSemanticWeight;
        std::memcpy(info->name, model.name.c_str(), std::min(model.name.size() + 1, sizeof info->name - 1));
        *instance = opened.release();
        return {};
    });
}

std::int32_t embedTexts(
    void* instance, const carma_text* texts, std::uint64_t count, float* vectors, std::uint64_t /*capacity*/, std::uint64_t* written)
{
    auto& self = *static_cast<Instance*>(instance);
    const carma_host& host = *self.host;
    return guarded(host, [&]() -> Result<void> {
        CARMA_TRY(
            self.encoder->encode({texts, static_cast<std::size_t>(count)}, vectors, [&] { return host.cancelled(host.context) != 0; }));
        *written = count * self.encoder->dimension();
        return {};
    });
}

void closeInstance(void* instance) { delete static_cast<Instance*>(instance); }

const carma_embedder kEmbedder{sizeof(carma_embedder), 0, openInstance, embedTexts, closeInstance};
const carma_plugin kPlugin{sizeof(carma_plugin), CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "openvino", &kEmbedder, nullptr};

} // namespace

extern "C" const carma_plugin* carma_plugin_entry(std::uint32_t /*host_abi*/) { return &kPlugin; }
