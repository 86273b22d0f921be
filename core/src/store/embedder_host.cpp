// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/embedder_host.h"

#include <carma/store.h>

#include <algorithm>
#include <filesystem>

namespace carma::store {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kWordsOnlyDimension = 8;

class StandIn final : public Embedder {
public:
    explicit StandIn(EmbedderIdentity identity) : m_identity(std::move(identity)) {}
    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_identity; }
    Result<void> embed(std::span<const std::string_view> /*texts*/, std::span<float> out) override
    {
        std::ranges::fill(out, 0.0F);
        return {};
    }

private:
    const EmbedderIdentity m_identity;
};

/// Empty unless there is a model of that name: one that is nothing but the name of a folder.
std::string folderOf(std::string_view source)
{
    const std::string resources = resourceFolder();
    if (resources.empty() || source.empty() || source.starts_with('.') || source.find('/') != std::string_view::npos) {
        return {};
    }
    std::error_code error;
    const fs::path folder = fs::path(resources) / "models" / source;
    return fs::is_directory(folder, error) ? folder.string() : std::string();
}

/// Models that plugins open stand beside it and have a configuration, too.
bool holdsStaticModel(const fs::path& folder)
{
    std::error_code error;
    return fs::exists(folder / "model.safetensors", error) && readStaticIdentity(folder.string()).has_value();
}

Error missing(std::string_view source)
{
    if (resourceFolder().empty()) {
        return {ErrorCode::NotFound,
            "the embedding model " + std::string(source) + " is not found; set CARMA_RESOURCES to the folder that holds models/"};
    }
    return {ErrorCode::NotFound,
        "there is no embedder '" + std::string(source.substr(0, kEmbedderNameMax)) + "'; 'carma embedder show' names those that there are"};
}

} // namespace

std::shared_ptr<Embedder> standInEmbedder(EmbedderIdentity identity) { return std::make_shared<StandIn>(std::move(identity)); }

std::shared_ptr<Embedder> wordsOnlyEmbedder()
{
    static const auto embedder = standInEmbedder({"words only", 1, kWordsOnlyDimension});
    return embedder;
}

Result<void> EmbedderHost::follow(Sequence end)
{
    const std::lock_guard guard(m_mutex);
    if (m_next >= end) {
        return {};
    }
    CARMA_TRY(m_journal.read(log::RecordType::Setting, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        const auto decoded = decodeEmbedder(entry.body);
        if (!decoded.has_value() || !*decoded) {
            return true; // lost, or about something else: what was known before still holds
        }
        const EmbedderRecord& record = **decoded;
        if (record.role == EmbedderRole::InUse) {
            m_use = m_inUse && *m_inUse == record ? std::move(m_use) : std::nullopt;
            m_inUse = record;
        }
        m_wanted = record.role == EmbedderRole::Wanted ? std::optional(record) : std::nullopt;
        return true;
    }));
    m_next = end;
    return {};
}

EmbedderRecord EmbedderHost::standard() const
{
    EmbedderRecord record;
    if (m_given != nullptr) {
        record.source = m_given->identity().name;
        record.identity = m_given->identity();
        record.semanticWeight = m_given->traits().semanticWeight;
        return record;
    }
    record.source = kBuiltInEmbedder;
    if (const std::string folder = folderOf(kBuiltInEmbedder); !folder.empty()) {
        if (auto identity = readStaticIdentity(folder); identity.has_value()) {
            record.identity = *std::move(identity);
        }
    }
    return record;
}

EmbedderRecord EmbedderHost::inUse()
{
    const std::lock_guard guard(m_mutex);
    return m_inUse ? *m_inUse : standard();
}

std::optional<EmbedderRecord> EmbedderHost::wanted()
{
    const std::lock_guard guard(m_mutex);
    return m_wanted;
}

bool EmbedderHost::isRecorded()
{
    const std::lock_guard guard(m_mutex);
    return m_inUse.has_value();
}

std::string EmbedderHost::difference()
{
    const std::lock_guard guard(m_mutex);
    if (!m_inUse || m_given == nullptr || m_given->identity() == m_inUse->identity) {
        return {};
    }
    return "the vectors of this store come from " + describe(m_inUse->identity) + ", not from " + describe(m_given->identity()) +
        "; the former is used if it is there (change it with: carma embedder set)";
}

std::optional<Bytes> EmbedderHost::firstRecord()
{
    const std::lock_guard guard(m_mutex);
    if (m_inUse) {
        return std::nullopt;
    }
    const EmbedderRecord record = standard();
    return checkEmbedder(record).has_value() ? std::optional(encodeEmbedder(record)) : std::nullopt;
}

EmbedderHost::Use EmbedderHost::use()
{
    const std::lock_guard guard(m_mutex);
    if (!m_use) {
        m_use = resolve(m_inUse ? *m_inUse : standard());
    }
    return *m_use;
}

EmbedderHost::Use EmbedderHost::resolve(const EmbedderRecord& record)
{
    if (m_given != nullptr && m_given->identity() == record.identity) {
        return {m_given, {}, record.semanticWeight};
    }
    auto opened = open(record.source);
    if (!opened.has_value()) {
        return {nullptr, opened.error().message, record.semanticWeight};
    }
    const EmbedderIdentity& identity = (*opened)->identity();
    if (!record.identity.name.empty() && identity != record.identity) {
        return {nullptr,
            "the embedder " + record.source + " is " + describe(identity) + " now, and the vectors of this store come from " +
                describe(record.identity),
            record.semanticWeight};
    }
    return {*std::move(opened), {}, record.semanticWeight};
}

Result<std::shared_ptr<Embedder>> EmbedderHost::open(std::string_view source) const
{
    if (m_given != nullptr && m_given->identity().name == source) {
        return m_given;
    }
    const std::string folder = folderOf(source);
    if (!folder.empty() && (source == kBuiltInEmbedder || !m_factory || holdsStaticModel(folder))) {
        return loadStaticEmbedder(folder);
    }
    if (m_factory) {
        CARMA_TRY_ASSIGN(auto made, m_factory(source));
        if (made == nullptr) {
            return missing(source);
        }
        return made;
    }
    return missing(source);
}

std::vector<std::string> EmbedderHost::builtIn() const
{
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(fs::path(resourceFolder()) / "models", error)) {
        if (holdsStaticModel(entry.path())) {
            names.push_back(entry.path().filename().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

} // namespace carma::store
