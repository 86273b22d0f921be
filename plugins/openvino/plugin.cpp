// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoder.h"
#include "support.h"

#include <carma/plugin_abi.h>

namespace {

using namespace carma;
using namespace carma::openvino;
using namespace carma::plugin;

constexpr std::int64_t kThreadsMax = 1024;
constexpr std::int64_t kTokensMax = 8192;
constexpr std::int64_t kMegabytesMax = 1 << 20;
constexpr const char* kSpeaker = "OpenVINO says: ";

struct Instance {
    const carma_host* host = nullptr;
    std::unique_ptr<Encoder> encoder;
};

std::int32_t openInstance(const carma_host* host, void** instance, carma_embedder_info* info)
{
    return guarded(
        *host,
        [&]() -> Result<void> {
            auto opened = std::make_unique<Instance>();
            opened->host = host;
            CARMA_TRY_ASSIGN(opened->encoder,
                Encoder::open({.folder = textSetting(*host, "model"),
                    .prefix = textSetting(*host, "prefix"),
                    .pooling = textSetting(*host, "pooling"),
                    .threads = static_cast<std::uint32_t>(numberSetting(*host, "threads", 0, kThreadsMax)),
                    .exact = flagSetting(*host, "exact"),
                    .tokensMax = static_cast<std::uint32_t>(numberSetting(*host, "max_tokens", 3, kTokensMax)),
                    .networkBytesMax = static_cast<std::uint64_t>(numberSetting(*host, "max_model_mb", 1, kMegabytesMax)) << 20U}));
            const ModelFolder& model = opened->encoder->model();
            info->dimension = opened->encoder->dimension();
            info->version = model.version;
            info->batch = 64; // enough to sort by length, and soon done on a slow machine
            info->advised_semantic_weight = model.advisedSemanticWeight;
            putName(*info, model.name);
            *instance = opened.release();
            return {};
        },
        kSpeaker);
}

std::int32_t embedTexts(
    void* instance, const carma_text* texts, std::uint64_t count, float* vectors, std::uint64_t /*capacity*/, std::uint64_t* written)
{
    auto& self = *static_cast<Instance*>(instance);
    const carma_host& host = *self.host;
    return guarded(
        host,
        [&]() -> Result<void> {
            CARMA_TRY(self.encoder->encode({texts, static_cast<std::size_t>(count)}, vectors, [&] { return isCancelled(host); }));
            *written = count * self.encoder->dimension();
            return {};
        },
        kSpeaker);
}

void closeInstance(void* instance) { delete static_cast<Instance*>(instance); }

const carma_embedder kEmbedder{sizeof(carma_embedder), 0, openInstance, embedTexts, closeInstance};
const carma_plugin kPlugin{sizeof(carma_plugin), CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "openvino", &kEmbedder, nullptr};

} // namespace

extern "C" const carma_plugin* carma_plugin_entry(std::uint32_t /*host_abi*/) { return &kPlugin; }
