// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/sim_world.h"

#include <algorithm>

namespace carma::sim {

namespace {

constexpr std::size_t kPathsKnown = 6; // few, so that versions replace each other

std::string jsonLines(const std::string& text)
{
    std::string lines;
    constexpr std::size_t kLine = 300;
    for (std::size_t at = 0; at < text.size(); at += kLine) {
        lines += "{\"text\":\"" + text.substr(at, kLine) + "\"}\n";
    }
    return lines;
}

} // namespace

std::string World::anySpace()
{
    constexpr std::array<std::string_view, 4> kSpaces{"default", "default", "alpha", "beta"};
    return std::string(kSpaces[below(kSpaces.size())]);
}

Result<void> World::rememberSome()
{
    const std::string space = anySpace();
    const unsigned batch = m_model.newBatch();
    const std::uint64_t count = 1 + (below(3) == 0 ? below(8) : 0);
    std::vector<NewMemory> memories;
    std::vector<unsigned> numbers;
    for (std::uint64_t i = 0; i < count; ++i) {
        NewMemory memory;
        const std::size_t bytes = below(6) == 0 ? 5000 + below(40'000) : 8 + below(1500);
        memory.text = makeText(m_random, m_model.nextNumber(), bytes);
        memory.title = "note " + std::to_string(m_model.nextNumber());
        if (below(4) == 0) {
            memory.externalId = "id-" + std::to_string(below(kPathsKnown)) + "-" + std::to_string(i);
        }
        memory.tags = {"t" + std::to_string(below(3))};
        numbers.push_back(m_model.add(batch, space, memory.externalId, memory.text, true).number);
        memories.push_back(std::move(memory));
    }
    const auto ids = m_store->memory().remember(space, memories);
    CARMA_TRY(expectDone("remember " + std::to_string(numbers.front()) + " to " + std::to_string(numbers.back()) + " in " + space, ids));
    for (std::size_t i = 0; ids.has_value() && i < numbers.size(); ++i) {
        Document& document = m_model.documents()[numbers[i]];
        document.state = DocumentState::Kept;
        document.id = (*ids)[i];
    }
    return {};
}

Result<void> World::ingestOne()
{
    const std::string space = anySpace();
    const unsigned batch = m_model.newBatch();
    const unsigned number = m_model.nextNumber();
    const bool lines = below(3) == 0;
    std::string text = makeText(m_random, number, 100 + below(below(4) == 0 ? 60'000 : 6000));
    text = lines ? jsonLines(text) : text + "\n";
    const std::string path = "files/" + std::to_string(below(kPathsKnown)) + (lines ? ".jsonl" : ".txt");
    m_model.add(batch, space, path, text, !lines);
    IngestOptions options;
    options.space = space;
    auto report = m_store->memory().ingestBytes(path, text, options);
    if (report.has_value() && !report->refused.empty()) {
        report = Error{ErrorCode::InvalidArgument, "refused: " + report->refused.front().reason};
    }
    CARMA_TRY(expectDone("ingest " + std::to_string(number) + " as " + path + " in " + space, report));
    if (report.has_value()) {
        // The answer names no id: the list does. Until then the document is known by its text.
        ListOptions all;
        all.space = space;
        all.limit = 100'000;
        CARMA_TRY_ASSIGN(const auto summaries, m_store->memory().list(all));
        const auto found = std::ranges::find_if(
            summaries, [&](const DocumentSummary& summary) { return summary.path == path && summary.current; });
        if (found == summaries.end()) {
            return violation("I3: the ingested document " + std::to_string(number) + " is not listed");
        }
        Document& document = m_model.documents()[number];
        document.state = DocumentState::Kept;
        document.id = found->id;
    }
    return {};
}

Result<void> World::forgetSome()
{
    const std::vector<unsigned> kept = m_model.kept();
    if (kept.empty()) {
        return {};
    }
    std::vector<unsigned> numbers;
    std::vector<FragmentId> ids;
    const std::uint64_t count = 1 + below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
        const unsigned number = kept[below(kept.size())];
        const Document& document = m_model.documents()[number];
        const bool related = std::ranges::any_of(numbers, [&](unsigned other) {
            return other == number || (!document.family.empty() && m_model.documents()[other].family == document.family);
        });
        if (!related) {
            numbers.push_back(number);
            ids.push_back(*document.id);
        }
    }
    ForgetOptions options;
    options.now = below(2) == 0;
    std::string what = options.now ? "forget now" : "forget";
    for (const unsigned number : numbers) {
        what += " " + std::to_string(number);
    }
    const auto report = m_store->memory().forget(ids, options, Task{});
    for (const unsigned number : numbers) {
        m_model.forgotten(number, report.has_value());
    }
    return expectDone(what, report);
}

Result<void> World::sealNow() { return expectDone("seal", m_store->seal()); }

Result<void> World::queryOne()
{
    const std::vector<unsigned> kept = m_model.kept();
    if (kept.empty()) {
        return {};
    }
    const Document& wanted = m_model.documents()[kept[below(kept.size())]];
    QueryOptions options;
    options.space = wanted.space;
    options.mode = static_cast<QueryMode>(below(3));
    options.limit = 1 + below(10);
    const auto answer = m_store->memory().query(tokenOf(wanted.number), options);
    CARMA_TRY(expectDone("query " + std::to_string(wanted.number), answer));
    if (!answer.has_value()) {
        return {};
    }
    bool found = false;
    for (const QueryHit& hit : answer->hits) {
        const auto document = std::ranges::find_if(
            m_model.documents(), [&](const Document& one) { return one.id == hit.fragment.document.id; });
        if (document == m_model.documents().end()) {
            continue; // of a batch that was not acknowledged
        }
        found = found || document->number == wanted.number;
        if (document->state == DocumentState::Forgotten) {
            return violation("I5: a query found the forgotten document " + std::to_string(document->number));
        }
        if (document->textIsShown && hit.fragment.state == FragmentState::Exact &&
            document->text.substr(hit.fragment.offset, hit.fragment.bytes) != hit.fragment.text) {
            return violation("I1: a query gave wrong words of document " + std::to_string(document->number));
        }
    }
    const auto view = m_store->memory().show(*wanted.id);
    const bool current = view.has_value() && view->document.current;
    if (!found && current && strictness() == Strictness::Exact && options.mode == QueryMode::Lexical) {
        return violation("I9: the only word of document " + std::to_string(wanted.number) + " does not find it");
    }
    return {};
}

/// Something that writes, mostly.
Result<void> World::work()
{
    if (m_store == nullptr) {
        return {};
    }
    m_clock.advance(static_cast<std::int64_t>(below(4'000'000)));
    switch (below(10)) {
    case 0:
    case 1:
    case 2:
    case 3: return rememberSome();
    case 4:
    case 5:
    case 6: return ingestOne();
    case 7: return forgetSome();
    case 8: return sealNow();
    default: return queryOne();
    }
}

} // namespace carma::sim
