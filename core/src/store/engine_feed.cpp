// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/engine_feed.h"

#include <algorithm>

namespace carma::store {

Result<std::size_t> EngineFeed::step(std::size_t count, Sequence end)
{
    CARMA_TRY_ASSIGN(auto rows, m_core.catalog->fragments(m_space, m_applied, count, m_oldVersions));
    std::erase_if(rows, [end](const catalog::FragmentRow& row) { return row.sequence >= end; });
    if (rows.empty()) {
        return 0U;
    }
    std::vector<FragmentBody> bodies(rows.size());
    std::vector<query::PassageView> passages;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto record = m_core.log->read(rows[i].sequence);
        if (!record.has_value()) {
            continue; // a placeholder: it cannot be searched, and the answer says how many there are
        }
        CARMA_TRY_ASSIGN(bodies[i], decodeFragment(record->body));
        if (!m_documents.contains(rows[i].document)) {
            CARMA_TRY_ASSIGN(const auto document, m_core.catalog->document(rows[i].document));
            m_documents[rows[i].document].title = document ? document->title : std::string();
        }
        query::PassageView passage;
        passage.id = rows[i].id;
        passage.document = rows[i].document;
        passage.parent = rows[i].parent;
        passage.order = rows[i].order;
        passage.sequence = rows[i].sequence;
        passage.timeUs = rows[i].timeUs;
        passage.title = m_documents[rows[i].document].title;
        passage.text = bodies[i].text;
        passages.push_back(passage);
    }
    tellLanguages(passages);
    CARMA_TRY(m_engine.add(passages));
    m_added += passages.size();
    m_applied = rows.back().sequence + 1;
    return rows.size();
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
