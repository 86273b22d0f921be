// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/hosting/instance.h"

#include <dlfcn.h>

#include <cmath>
#include <cstring>
#include <utility>

namespace carma::plugins {

namespace {

constexpr std::uint32_t kDimensionMax = 4096;
constexpr std::uint32_t kEvidenceMax = 1024;

/// The sentence for a call that did not return CARMA_OK.
Error failureOf(std::int32_t status, HostServices& host, std::string_view what)
{
    std::string reason = host.takeFailure();
    if (status == CARMA_CANCELLED) {
        return {ErrorCode::Cancelled, "was asked to stop"};
    }
    if (reason.empty()) {
        reason = "status " + std::to_string(status) + " without a reason";
    }
    return {ErrorCode::PluginFailed, std::string(what) + ": " + reason};
}

std::string kindName(std::uint32_t kind) { return kind == CARMA_KIND_EMBEDDER ? "embedder" : "reconstructor"; }

Result<void> checkTable(const carma_plugin& plugin, const LibraryRequest& request)
{
    if (plugin.abi != CARMA_PLUGIN_ABI) {
        return {ErrorCode::PluginFailed,
            "was built for version " + std::to_string(plugin.abi) + " of the plugin interface, and this program has version " +
                std::to_string(CARMA_PLUGIN_ABI) + "; build it again with this program's plugin_abi.h"};
    }
    if (!CARMA_HAS(&plugin, reconstructor) || plugin.name == nullptr) {
        return {ErrorCode::PluginFailed, "describes itself with too short a table; build it again with this program's plugin_abi.h"};
    }
    if (plugin.kind != request.kind || request.name != plugin.name) {
        return {ErrorCode::PluginFailed,
            "calls itself the " + kindName(plugin.kind) + " '" + std::string(plugin.name, ::strnlen(plugin.name, 64)) +
                "', which its plugin.json does not; make the two agree"};
    }
    const carma_embedder* const embedder = plugin.embedder;
    const carma_reconstructor* const other = plugin.reconstructor;
    const bool whole = plugin.kind == CARMA_KIND_EMBEDDER
        ? embedder != nullptr && CARMA_HAS(embedder, close) && embedder->open && embedder->embed && embedder->close
        : other != nullptr && CARMA_HAS(other, close) && other->open && other->reconstruct && other->close;
    if (!whole) {
        return {ErrorCode::PluginFailed, "lacks functions of its kind; see plugin_abi.h for what an " + kindName(plugin.kind) + " has"};
    }
    return {};
}

Result<EmbedderFacts> factsOf(const carma_embedder_info& info)
{
    if (info.dimension == 0 || info.dimension > kDimensionMax) {
        return {ErrorCode::PluginFailed,
            "has vectors of " + std::to_string(info.dimension) + " numbers; 1 to " + std::to_string(kDimensionMax) + " are possible"};
    }
    EmbedderFacts facts;
    facts.name.assign(info.name, ::strnlen(info.name, sizeof info.name));
    for (const char c : facts.name) {
        if (c <= ' ' || c > '~') {
            facts.name.clear(); // it becomes a part of the identity that stores record
        }
    }
    if (facts.name.empty()) {
        return {ErrorCode::PluginFailed, "gives its model no name of printable ASCII characters"};
    }
    facts.version = info.version;
    facts.dimension = info.dimension;
    facts.batch = info.batch;
    const double weight = info.advised_semantic_weight;
    facts.advisedSemanticWeight = std::isfinite(weight) && weight >= 0 && weight <= 100 ? weight : 0;
    return facts;
}

} // namespace

Result<const carma_plugin*> loadPlugin(const LibraryRequest& request)
{
    void* const library = ::dlopen(request.path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* const why = ::dlerror();
        return {ErrorCode::PluginFailed, std::string("cannot be loaded: ") + (why == nullptr ? "no reason given" : why)};
    }
    void* const symbol = ::dlsym(library, "carma_plugin_entry");
    if (symbol == nullptr) {
        return {ErrorCode::PluginFailed, "exports no function carma_plugin_entry; see plugin_abi.h"};
    }
    const auto entry = reinterpret_cast<decltype(&carma_plugin_entry)>(symbol);
    const carma_plugin* const plugin = entry(CARMA_PLUGIN_ABI);
    if (plugin == nullptr || plugin->size < sizeof(std::uint32_t) * 2) {
        return {ErrorCode::PluginFailed, "refuses version " + std::to_string(CARMA_PLUGIN_ABI) + " of the plugin interface"};
    }
    CARMA_TRY(checkTable(*plugin, request));
    return plugin;
}

EmbedderInstance::EmbedderInstance(const carma_embedder& functions, Settings settings, HostServices::Callbacks callbacks)
    : m_functions(functions), m_host(std::move(settings), std::move(callbacks))
{
}

EmbedderInstance::~EmbedderInstance()
{
    if (m_opened) {
        m_functions.close(m_instance);
    }
}

Result<std::unique_ptr<EmbedderInstance>> EmbedderInstance::open(
    const carma_plugin& plugin, Settings settings, HostServices::Callbacks callbacks)
{
    std::unique_ptr<EmbedderInstance> self(new EmbedderInstance(*plugin.embedder, std::move(settings), std::move(callbacks)));
    carma_embedder_info info{};
    info.size = sizeof info;
    const std::int32_t status = self->m_functions.open(self->m_host.table(), &self->m_instance, &info);
    if (status != CARMA_OK) {
        return failureOf(status, self->m_host, "cannot be opened");
    }
    self->m_opened = true;
    CARMA_TRY_ASSIGN(self->m_facts, factsOf(info));
    return self;
}

Result<void> EmbedderInstance::embed(std::span<const carma_text> texts, std::span<float> vectors)
{
    const std::uint64_t wanted = texts.size() * m_facts.dimension;
    std::uint64_t written = 0;
    const std::int32_t status = m_functions.embed(m_instance, texts.data(), texts.size(), vectors.data(), vectors.size(), &written);
    if (status != CARMA_OK) {
        return failureOf(status, m_host, "failed");
    }
    if (written != wanted) {
        return {kWrongShape,
            "answered with a wrong shape: " + std::to_string(written) + " numbers instead of " + std::to_string(texts.size()) + " times " +
                std::to_string(m_facts.dimension)};
    }
    return {};
}

ReconstructorInstance::ReconstructorInstance(const carma_reconstructor& functions, Settings settings, HostServices::Callbacks callbacks)
    : m_functions(functions), m_host(std::move(settings), std::move(callbacks))
{
}

ReconstructorInstance::~ReconstructorInstance()
{
    if (m_opened) {
        m_functions.close(m_instance);
    }
}

Result<std::unique_ptr<ReconstructorInstance>> ReconstructorInstance::open(
    const carma_plugin& plugin, Settings settings, HostServices::Callbacks callbacks)
{
    std::unique_ptr<ReconstructorInstance> self(
        new ReconstructorInstance(*plugin.reconstructor, std::move(settings), std::move(callbacks)));
    const std::int32_t status = self->m_functions.open(self->m_host.table(), &self->m_instance);
    if (status != CARMA_OK) {
        return failureOf(status, self->m_host, "cannot be opened");
    }
    self->m_opened = true;
    return self;
}

Result<Hypothesis> ReconstructorInstance::reconstruct(
    std::span<const carma_text> before, std::span<const carma_text> after, std::uint64_t bytes)
{
    const carma_gap gap{.size = sizeof(carma_gap),
        .before_count = static_cast<std::uint32_t>(before.size()),
        .after_count = static_cast<std::uint32_t>(after.size()),
        .reserved = 0,
        .before = before.data(),
        .after = after.data(),
        .bytes = bytes};
    carma_answer answer{};
    answer.size = sizeof answer;
    const std::int32_t status = m_functions.reconstruct(m_instance, &gap, &answer);
    if (status != CARMA_OK) {
        return failureOf(status, m_host, "failed");
    }
    const bool sound = answer.text.bytes <= kTextBytesMax && answer.evidence_count <= kEvidenceMax &&
        (answer.text.bytes == 0 || answer.text.data != nullptr) && (answer.evidence_count == 0 || answer.evidence != nullptr);
    Hypothesis found;
    if (sound && answer.text.bytes > 0) {
        found.text.assign(answer.text.data, answer.text.bytes);
    }
    if (sound && answer.evidence_count > 0) {
        found.evidence.assign(answer.evidence, answer.evidence + answer.evidence_count);
    }
    found.confidence = answer.confidence;
    HostServices::release(nullptr, const_cast<char*>(answer.text.data)); // NOLINT(cppcoreguidelines-pro-type-const-cast): it is ours now
    HostServices::release(nullptr, answer.evidence);
    if (!sound) {
        return {ErrorCode::PluginFailed, "answered with a wrong shape: a text or evidence out of bounds"};
    }
    return found;
}

} // namespace carma::plugins
