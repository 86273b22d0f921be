// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugins/hosting/host_services.h"

#include <carma/plugin_abi.h>
#include <carma/result.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// A plugin's library and an instance of it, in this process: what carma-plugin-worker does, and what this process does with
/// plugins that are trusted. Messages are the second half of a sentence that begins with the plugin's name.
namespace carma::plugins {

/// What is loaded, and under which name and kind its metadata announced it.
struct LibraryRequest {
    std::string path;
    std::string name;
    std::uint32_t kind = CARMA_KIND_EMBEDDER;
};

/// Loads a library, and calls its entry. It stays loaded: threads of a plugin may outlive what they are told. PluginFailed if it
/// cannot be loaded, lacks the symbol, is of another interface, or is not what its metadata says.
Result<const carma_plugin*> loadPlugin(const LibraryRequest& request);

/// The code of an answer of another shape than was agreed: whatever is wrong with the plugin may have spoilt more, so that it is started
/// anew. Other failures leave it as it is.
inline constexpr ErrorCode kWrongShape = ErrorCode::Corruption;

/// What an embedder said of itself.
struct EmbedderFacts {
    std::string name;
    std::uint32_t version = 0;
    std::uint32_t dimension = 0;
    std::uint32_t batch = 0;
    double advisedSemanticWeight = 0;
    bool operator==(const EmbedderFacts&) const = default;
};

/// Not thread-safe, as its interface says.
class EmbedderInstance {
public:
    static Result<std::unique_ptr<EmbedderInstance>> open(const carma_plugin& plugin, Settings settings, HostServices::Callbacks callbacks);
    ~EmbedderInstance();
    EmbedderInstance(const EmbedderInstance&) = delete;
    EmbedderInstance& operator=(const EmbedderInstance&) = delete;

    [[nodiscard]] const EmbedderFacts& facts() const { return m_facts; }
    /// One vector a text. kWrongShape, Cancelled or PluginFailed. REQUIRES: vectors.size() >= texts.size() * dimension. Does not look at
    /// the vectors.
    Result<void> embed(std::span<const carma_text> texts, std::span<float> vectors);

private:
    EmbedderInstance(const carma_embedder& functions, Settings settings, HostServices::Callbacks callbacks);

    const carma_embedder& m_functions;
    HostServices m_host;
    void* m_instance = nullptr;
    bool m_opened = false;
    EmbedderFacts m_facts;
};

/// The hypothesis as the plugin gave it, checked for its bounds only.
struct Hypothesis {
    std::string text;
    double confidence = 0;
    std::vector<std::uint32_t> evidence;
};

/// Not thread-safe.
class ReconstructorInstance {
public:
    static Result<std::unique_ptr<ReconstructorInstance>> open(
        const carma_plugin& plugin, Settings settings, HostServices::Callbacks callbacks);
    ~ReconstructorInstance();
    ReconstructorInstance(const ReconstructorInstance&) = delete;
    ReconstructorInstance& operator=(const ReconstructorInstance&) = delete;

    Result<Hypothesis> reconstruct(std::span<const carma_text> before, std::span<const carma_text> after, std::uint64_t bytes);

    static constexpr std::uint64_t kTextBytesMax = 1U << 20U;

private:
    ReconstructorInstance(const carma_reconstructor& functions, Settings settings, HostServices::Callbacks callbacks);

    const carma_reconstructor& m_functions;
    HostServices m_host;
    void* m_instance = nullptr;
    bool m_opened = false;
};

} // namespace carma::plugins
