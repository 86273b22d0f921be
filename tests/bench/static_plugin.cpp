// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The built-in model as a plugin, to see what running apart costs.
#include <carma/embedder.h>
#include <carma/plugin_abi.h>

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace {

using namespace carma;

struct Instance {
    std::shared_ptr<Embedder> model;
    std::vector<std::string_view> views;
};

std::int32_t openInstance(const carma_host* host, void** instance, carma_embedder_info* info)
{
    const char* const folder = host->setting(host->context, "model");
    auto model = loadStaticEmbedder(folder == nullptr ? "" : folder);
    if (!model.has_value()) {
        host->fail(host->context, model.error().message.c_str());
        return CARMA_FAILED;
    }
    info->dimension = (*model)->identity().dimension;
    info->version = (*model)->identity().version;
    std::strcpy(info->name, "static-en-256");
    *instance = new Instance{std::move(*model), {}};
    return CARMA_OK;
}

std::int32_t embedTexts(
    void* instance, const carma_text* texts, std::uint64_t count, float* vectors, std::uint64_t /*capacity*/, std::uint64_t* written)
{
    auto& self = *static_cast<Instance*>(instance);
    self.views.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
        self.views.emplace_back(texts[i].data, texts[i].bytes);
    }
    *written = count * self.model->identity().dimension;
    return self.model->embed(self.views, {vectors, *written}).has_value() ? CARMA_OK : CARMA_FAILED;
}

void closeInstance(void* instance) { delete static_cast<Instance*>(instance); }

const carma_embedder kEmbedder{sizeof(carma_embedder), 0, openInstance, embedTexts, closeInstance};
const carma_plugin kPlugin{sizeof(carma_plugin), CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "static", &kEmbedder, nullptr};

} // namespace

extern "C" const carma_plugin* carma_plugin_entry(std::uint32_t /*host_abi*/) { return &kPlugin; }
