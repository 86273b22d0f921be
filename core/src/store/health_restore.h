// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/reader.h"
#include "store/document_reader.h"

#include <map>
#include <optional>
#include <set>
#include <string>

/// Puts back what the log cannot give any more, out of bytes that lie elsewhere: the kept original, or the file a document was ingested
/// from. The only hash that was recorded of a text is the SHA-256 of its document, so bytes count only if they have it, or if they fill the
/// holes of the text in such a way that the whole has it. They are then read as ingest read them, and every passage that is still there
/// must come out as it is; otherwise nothing is taken. What comes back is written as new records with the old ids.
namespace carma::store {

/// What of one document cannot be read.
struct DocumentLoss {
    std::shared_ptr<const LoadedTree> tree;             ///< never null
    std::map<std::uint32_t, catalog::FragmentRow> rows; ///< by node; a passage without one may be forgotten and is left alone
    std::map<std::uint32_t, std::string> texts;         ///< by node, of the passages that can be read
    std::set<std::uint32_t> lost;                       ///< nodes of passages that cannot, and are not forgotten
    std::vector<std::size_t> lostPieces;                ///< of the original, from 0
    [[nodiscard]] const catalog::DocumentRow& row() const { return tree->row; }
    /// Older versions keep their record: a newer record of theirs would count as the newest version.
    [[nodiscard]] bool recordIsLost() const { return !tree->treeIsComplete && row().current; }
    [[nodiscard]] bool isWhole() const { return lost.empty() && lostPieces.empty() && !recordIsLost(); }
};

class Restorer {
public:
    Restorer(StoreCore& core, ingest::Extractor& parsers) : m_core(core), m_reader(core), m_parsers(parsers) {}

    /// Looks at every record of the document. NotFound if there is no such document.
    Result<DocumentLoss> lossOf(const catalog::DocumentRow& row);
    /// The kept original; nothing if there is none, or it cannot be read or proved.
    std::optional<std::string> keptOriginal(const DocumentLoss& loss);
    /// Bytes with the document's digest: `file` itself, or the text that is still there with its holes filled from `file`. Nothing if there
    /// is no such way.
    static std::optional<std::string> proved(const DocumentLoss& loss, std::string_view file);

    struct Restored {
        std::uint32_t passages = 0, pieces = 0;
        bool record = false; ///< the document's own, with its tree
    };
    /// Writes what is lost anew, with an audit entry that says that it came from `source`. InvalidArgument, and nothing is written, if the
    /// bytes are not read as they were. REQUIRES: `bytes` have the document's digest
    Result<Restored> restore(const DocumentLoss& loss, std::string_view bytes, const std::string& source);

private:
    Result<ingest::Draft> readAgain(const DocumentLoss& loss, std::string_view bytes);
    struct Batch;
    Result<void> addPassages(const DocumentLoss& loss, const ingest::Draft& draft, Batch& batch);
    Result<void> addPieces(const DocumentLoss& loss, std::string_view bytes, std::vector<Sequence>& pieces);
    Result<void> addDocument(const DocumentLoss& loss, const ingest::Draft& draft, std::vector<Sequence> pieces, Batch& batch);

    StoreCore& m_core;
    DocumentReader m_reader;
    ingest::Extractor& m_parsers;
};

} // namespace carma::store
