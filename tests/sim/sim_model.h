// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>
#include <carma/store.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// The oracle: what the store was told and what it acknowledged, and what must follow from it for every read.
namespace carma::sim {

/// A broken promise. It travels as an error so that CARMA_TRY carries it to the seed's report.
inline Error violation(std::string text) { return {ErrorCode::Internal, std::move(text)}; }

enum class DocumentState : std::uint8_t {
    Unknown,        ///< its batch was not acknowledged: there as a whole or not at all
    Kept,           ///< acknowledged
    Absent,         ///< its batch was not acknowledged and proved to be not there; it must not come back
    MaybeForgotten, ///< a forget of it was not acknowledged
    Forgotten,
};

struct Document {
    unsigned number = 0;
    unsigned batch = 0;
    std::string space;
    std::string family;      ///< external id or path: versions of one thing; empty if it stands alone
    std::string text;        ///< the original bytes
    bool textIsShown = true; ///< show gives the original bytes (not so for JSON Lines)
    DocumentState state = DocumentState::Unknown;
    std::optional<FragmentId> id; ///< once known
};

/// How far the store may fall short of the model at the moment.
enum class Strictness : std::uint8_t {
    Exact,  ///< damage is within the budget and no operation is made to fail: everything must be served
    NoLies, ///< operations fail, or too much is damaged: what is served must be right
};

class Model {
public:
    unsigned newBatch() { return m_batches++; }
    Document& add(unsigned batch, std::string space, std::string family, std::string text, bool textIsShown);
    [[nodiscard]] unsigned nextNumber() const { return static_cast<unsigned>(m_documents.size()); }
    std::vector<Document>& documents() { return m_documents; }

    /// Numbers of documents that are certainly there.
    [[nodiscard]] std::vector<unsigned> kept() const;
    /// A forget of `number` was tried. Earlier versions go with a document, as far as the store knows them.
    void forgotten(unsigned number, bool acknowledged);

    /// Reads one document in every way and compares.
    Result<void> checkOne(Memory& memory, Document& document, Strictness strictness) const;
    /// The list against the model, then each document.
    Result<void> checkAll(Memory& memory, Strictness strictness);
    /// After a complete repair: what is there now stays, what is not must not come back. REQUIRES: checkAll held
    Result<void> settle(Memory& memory);

    enum class Seen : std::uint8_t { Exact, Unreadable, Forgotten, NotThere };
    /// What a document looks like now. An error is a lie of the store.
    static Result<Seen> look(Memory& memory, const Document& document);

private:
    Result<void> recognise(Memory& memory, const FragmentId& id);
    Result<std::set<FragmentId>> listed(Memory& memory);
    Result<void> checkBatches(const std::set<FragmentId>& there) const;

    std::vector<Document> m_documents; ///< by number
    unsigned m_batches = 0;
};

} // namespace carma::sim
