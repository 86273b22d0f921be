// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/sim_model.h"

#include "sim/sim_text.h"

#include <algorithm>

namespace carma::sim {

namespace {

std::string nameOf(const Document& document) { return "document " + std::to_string(document.number); }

std::string_view name(Model::Seen seen)
{
    switch (seen) {
    case Model::Seen::Exact: return "exact";
    case Model::Seen::Unreadable: return "unreadable";
    case Model::Seen::Forgotten: return "forgotten";
    case Model::Seen::NotThere: return "not there";
    }
    return "?";
}

} // namespace

Document& Model::add(unsigned batch, std::string space, std::string family, std::string text, bool textIsShown)
{
    Document document;
    document.number = nextNumber();
    document.batch = batch;
    document.space = std::move(space);
    document.family = std::move(family);
    document.text = std::move(text);
    document.textIsShown = textIsShown;
    m_documents.push_back(std::move(document));
    return m_documents.back();
}

std::vector<unsigned> Model::kept() const
{
    std::vector<unsigned> numbers;
    for (const Document& document : m_documents) {
        if (document.state == DocumentState::Kept) {
            numbers.push_back(document.number);
        }
    }
    return numbers;
}

void Model::forgotten(unsigned number, bool acknowledged)
{
    const std::string space = m_documents[number].space;
    const std::string family = m_documents[number].family;
    m_documents[number].state = acknowledged ? DocumentState::Forgotten : DocumentState::MaybeForgotten;
    for (unsigned earlier = 0; earlier < number && !family.empty(); ++earlier) {
        Document& document = m_documents[earlier];
        const bool mayBeThere = document.state == DocumentState::Kept || document.state == DocumentState::Unknown;
        if (document.space == space && document.family == family && mayBeThere) {
            document.state = DocumentState::MaybeForgotten;
        }
    }
}

Result<Model::Seen> Model::look(Memory& memory, const Document& document)
{
    const auto view = memory.show(*document.id);
    const auto original = memory.original(*document.id);
    if (original.has_value() && *original != document.text) {
        return violation("I1: the original of " + nameOf(document) + " is not what was stored");
    }
    if (!view.has_value()) {
        if (view.error().code == ErrorCode::NotFound && original.has_value()) {
            return violation("I1: " + nameOf(document) + " is not there, but its original is");
        }
        return view.error().code == ErrorCode::NotFound ? Seen::NotThere : Seen::Unreadable;
    }
    switch (view->state) {
    case FragmentState::Forgotten:
        if (!view->text.empty() || original.has_value()) {
            return violation("I5: the text of the forgotten " + nameOf(document) + " is given out");
        }
        return Seen::Forgotten;
    case FragmentState::Placeholder: return Seen::Unreadable;
    case FragmentState::Exact: break;
    }
    if (document.textIsShown && view->text != document.text) {
        return violation("I1: the text of " + nameOf(document) + " is not what was stored");
    }
    return original.has_value() ? Seen::Exact : Seen::Unreadable;
}

Result<void> Model::checkOne(Memory& memory, Document& document, Strictness strictness) const
{
    if (!document.id) {
        return {};
    }
    CARMA_TRY_ASSIGN(const Seen seen, look(memory, document));
    const bool gone = seen == Seen::Forgotten || seen == Seen::NotThere;
    bool right = true;
    switch (document.state) {
    case DocumentState::Kept: right = strictness == Strictness::Exact ? seen == Seen::Exact : seen != Seen::Forgotten; break;
    case DocumentState::Forgotten: right = gone || (strictness == Strictness::NoLies && seen == Seen::Unreadable); break;
    case DocumentState::MaybeForgotten: right = gone || seen == Seen::Exact || strictness == Strictness::NoLies; break;
    case DocumentState::Unknown: break;
    case DocumentState::Absent: right = gone; break;
    }
    if (!right) {
        std::string why;
        if (const auto original = memory.original(*document.id); !original.has_value()) {
            why = " (" + original.error().message + ")";
        }
        return violation((document.state == DocumentState::Forgotten ? "I5: the forgotten " : "I2, I3: the kept ") + nameOf(document) +
            " is " + std::string(name(seen)) + why);
    }
    return {};
}

/// Finds the document that an unknown id belongs to.
Result<void> Model::recognise(Memory& memory, const FragmentId& id)
{
    const auto original = memory.original(id);
    if (!original.has_value()) {
        return {}; // a batch that was not acknowledged may be lost; it says nothing wrong
    }
    const std::size_t at = original->find("tok");
    const std::size_t end = at == std::string::npos ? at : original->find('x', at);
    if (end == std::string::npos) {
        return violation("I1: a document is listed that nobody stored");
    }
    const unsigned number = static_cast<unsigned>(std::stoul(original->substr(at + 3, end - at - 3)));
    if (number >= m_documents.size() || m_documents[number].text != *original) {
        return violation("I1: a document is listed that nobody stored");
    }
    Document& document = m_documents[number];
    // An earlier version that was not acknowledged may have been forgotten with a later one before anybody saw it.
    if (document.state != DocumentState::Unknown && document.state != DocumentState::MaybeForgotten) {
        return violation("I3: " + nameOf(document) + " was not acknowledged, was not there, and has come back");
    }
    document.id = id;
    return {};
}

Result<std::set<FragmentId>> Model::listed(Memory& memory)
{
    std::set<FragmentId> known;
    for (const Document& document : m_documents) {
        if (document.id) {
            known.insert(*document.id);
        }
    }
    ListOptions options;
    options.oldVersions = true;
    options.limit = 100'000;
    CARMA_TRY_ASSIGN(const auto summaries, memory.list(options));
    std::set<FragmentId> there;
    for (const DocumentSummary& summary : summaries) {
        there.insert(summary.id);
        if (!known.contains(summary.id)) {
            CARMA_TRY(recognise(memory, summary.id));
        }
    }
    return there;
}

Result<void> Model::checkBatches(const std::set<FragmentId>& there) const
{
    std::map<unsigned, std::pair<unsigned, unsigned>> counts; // batch -> there, not there
    for (const Document& document : m_documents) {
        if (document.state == DocumentState::Unknown) {
            auto& [present, absent] = counts[document.batch];
            ++(document.id && there.contains(*document.id) ? present : absent);
        }
    }
    for (const auto& [batch, count] : counts) {
        if (count.first != 0 && count.second != 0) {
            return violation("I3: of batch " + std::to_string(batch) + " only " + std::to_string(count.first) + " of " +
                std::to_string(count.first + count.second) + " documents are there");
        }
    }
    return {};
}

Result<void> Model::checkAll(Memory& memory, Strictness strictness)
{
    auto there = listed(memory);
    if (!there.has_value()) {
        return there.error().code == ErrorCode::Internal || strictness == Strictness::Exact ? there.error() : Result<void>{};
    }
    for (Document& document : m_documents) {
        CARMA_TRY(checkOne(memory, document, strictness));
        const bool isListed = document.id && there->contains(*document.id);
        if (strictness == Strictness::Exact && document.state == DocumentState::Kept && !isListed) {
            return violation("I3: the kept " + nameOf(document) + " is not listed");
        }
        if (strictness == Strictness::Exact && document.state == DocumentState::Forgotten && isListed) {
            return violation("I5: the forgotten " + nameOf(document) + " is listed");
        }
    }
    return strictness == Strictness::Exact ? checkBatches(*there) : Result<void>{};
}

Result<void> Model::settle(Memory& memory)
{
    CARMA_TRY_ASSIGN(const auto there, listed(memory));
    for (Document& document : m_documents) {
        if (document.state == DocumentState::Unknown) {
            const bool present = document.id && there.contains(*document.id);
            if (!present) {
                document.state = DocumentState::Absent;
                continue;
            }
            CARMA_TRY_ASSIGN(const Seen seen, look(memory, document));
            document.state = seen == Seen::Exact ? DocumentState::Kept : DocumentState::Unknown;
        } else if (document.state == DocumentState::MaybeForgotten) {
            CARMA_TRY_ASSIGN(const Seen seen, look(memory, document));
            document.state = seen == Seen::Exact ? DocumentState::Kept : DocumentState::Forgotten;
        }
    }
    return {};
}

} // namespace carma::sim
