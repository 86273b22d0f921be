// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/engine_feed.h"

#include <algorithm>
#include <array>
#include <functional>

namespace carma::store {

/// The passages show texts of `bodies` and titles of the feed.
struct EngineFeed::Batch {
    std::size_t rows = 0;
    Sequence end = 0; ///< behind the last row
    std::vector<FragmentBody> bodies;
    std::vector<query::PassageView> passages;
};

Result<std::size_t> EngineFeed::step(std::size_t count, Sequence end)
{
    CARMA_TRY_ASSIGN(const Batch batch, read(count, end));
    CARMA_TRY(add(batch));
    return batch.rows;
}

Result<void> EngineFeed::run(std::size_t count)
{
    CARMA_TRY_ASSIGN(Batch batch, read(count, kNoSequence));
    while (batch.rows == count) {
        Result<void> added;
        Result<Batch> next = Batch{};
        const std::array<std::function<void()>, 2> tasks{[&] { added = add(batch); }, [&] { next = read(count, kNoSequence); }};
        m_core.world.executor->runAll(tasks);
        CARMA_TRY(added);
        CARMA_TRY(next);
        batch = *std::move(next);
    }
    return add(batch);
}

Result<EngineFeed::Batch> EngineFeed::read(std::size_t count, Sequence end)
{
    CARMA_TRY_ASSIGN(auto rows, m_core.catalog->fragments(m_space, m_readTo, count, m_oldVersions));
    std::erase_if(rows, [end](const catalog::FragmentRow& row) { return row.sequence >= end; });
    Batch batch;
    batch.rows = rows.size();
    batch.end = rows.empty() ? m_readTo : rows.back().sequence + 1;
    batch.bodies.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto record = m_core.log->read(rows[i].sequence);
        if (!record.has_value()) {
            continue; // a placeholder: it cannot be searched, and the answer says how many there are
        }
        CARMA_TRY_ASSIGN(batch.bodies[i], decodeFragment(record->body));
        query::PassageView passage;
        passage.id = rows[i].id;
        passage.document = rows[i].document;
        passage.parent = rows[i].parent;
        passage.order = rows[i].order;
        passage.sequence = rows[i].sequence;
        passage.timeUs = rows[i].timeUs;
        CARMA_TRY_ASSIGN(passage.title, titleOf(rows[i].document));
        passage.text = batch.bodies[i].text;
        batch.passages.push_back(passage);
    }
    tellLanguages(batch.passages);
    m_readTo = batch.end;
    return batch;
}

Result<void> EngineFeed::add(const Batch& batch)
{
    if (!batch.passages.empty()) {
        CARMA_TRY(m_engine.add(batch.passages));
    }
    m_added += batch.passages.size();
    m_applied = batch.end;
    return {};
}

Result<std::string_view> EngineFeed::titleOf(const FragmentId& document)
{
    auto known = m_documents.find(document);
    if (known == m_documents.end()) {
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(document));
        known = m_documents.try_emplace(document).first;
        known->second.title = row ? row->title : std::string();
    }
    return std::string_view(known->second.title);
}

/// A sample of several passages: the first one may be a heading or a greeting.
void EngineFeed::tellLanguages(std::span<query::PassageView> passages)
{
    constexpr std::size_t kSampleBytes = 1024;
    std::string sample;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        Document& document = m_documents[passages[i].document];
        if (!document.language) {
            sample.clear();
            for (std::size_t k = i; k < passages.size() && sample.size() < kSampleBytes; ++k) {
                if (passages[k].document == passages[i].document) {
                    sample.append(passages[k].text).append("\n");
                }
            }
            document.language = index::detectLanguage(sample);
        }
        passages[i].language = *document.language;
    }
}

bool isMidDocument(StoreCore& core)
{
    constexpr Sequence kRecordsBetween = 16; // checkpoints, a dictionary, pieces: what may follow the last fragment
    const Sequence applied = core.catalog->appliedSequence();
    for (Sequence back = 1; back <= std::min(applied, kRecordsBetween); ++back) {
        const auto row = core.catalog->fragmentBySequence(applied - back);
        if (!row.has_value() || !*row) {
            continue;
        }
        const auto document = core.catalog->document((*row)->document);
        return !document.has_value() || !*document;
    }
    return false;
}

} // namespace carma::store
