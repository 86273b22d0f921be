// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/reader.h"
#include "store/store_core.h"

#include <vector>

/// Turns drafts into records, gathers them into batches and appends them. A document exists once its main record, written last, does.
namespace carma::store {

class DocumentWriter {
public:
    DocumentWriter(StoreCore& core, NamespaceId space) : m_core(core), m_space(space) {}

    struct Source {
        std::string path;
        std::string title; ///< overrides the draft's when not empty
        std::string externalId;
        std::vector<std::string> tags;
        ByteView original;
        bool keepOriginal = true;
        std::int64_t modifiedUs = 0;
        FragmentId replaces;
        std::vector<Sequence> sharedPieces; ///< an equal original that is kept already
    };
    /// Queues a document; may append what is queued so far. Returns its id.
    Result<FragmentId> add(const ingest::Draft& draft, const Source& source);
    /// Queues a note that is one passage.
    Result<FragmentId> addNote(FragmentBody note);
    /// Queues a record of the namespace and the audit entry that belongs to it.
    Result<void> queueAudited(log::RecordType type, Bytes body, const journal::AuditNote& note);
    /// Appends all that is queued. Nothing added counts before this succeeds.
    Result<void> flush();

private:
    Result<void> queue(log::RecordType type, Bytes body);
    journal::AuditNote noteOf(const FragmentId& document, std::string detail, const FragmentId& replaces) const;
    Result<std::vector<Sequence>> appendNow(log::RecordType type, const std::vector<Bytes>& bodies);
    Result<void> addPassages(const FragmentId& id, const ingest::Draft& draft);
    Result<std::vector<Sequence>> addPieces(const FragmentId& id, ByteView original);
    Result<std::vector<Sequence>> addNodeParts(const FragmentId& id, const std::vector<ingest::Node>& nodes);
    Result<void> trainDictionary();

    StoreCore& m_core;
    const NamespaceId m_space;
    std::vector<std::pair<log::RecordType, Bytes>> m_queue;
    std::size_t m_queuedBytes = 0;
    std::size_t m_textBytes = 0; ///< of fragments appended, until there is a dictionary
    bool m_dictionaryTried = false;
};

} // namespace carma::store
