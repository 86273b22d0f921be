// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hypotheses_impl.h"

#include "base/counted.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kLimitMax = 1000;
constexpr std::size_t kLearnedMax = 5000; // passages of the namespace: more of them change little and take seconds
constexpr std::size_t kRowsATime = 1000;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The text with a capital at the beginning, and with one behind each full stop, too.
std::vector<std::string> casings(const std::string& text)
{
    std::string first = text;
    first.front() = upper(first.front());
    std::string sentences = first;
    for (std::size_t i = 2; i < sentences.size(); ++i) {
        const char end = sentences[i - 2];
        if (sentences[i - 1] == ' ' && (end == '.' || end == '!' || end == '?')) {
            sentences[i] = upper(sentences[i]);
        }
    }
    return {text, first, sentences};
}

Result<void> check(const Task& task) { return task.cancelled() ? Result<void>(Error{ErrorCode::Cancelled, "stopped"}) : Result<void>(); }

} // namespace

/// The texts that are still there say which words there may be and which follow which.
Result<HypothesesImpl::Surroundings> HypothesesImpl::surroundingsOf(const NamespaceId& space, const Task& task)
{
    Surroundings found;
    CARMA_TRY_ASSIGN(const catalog::Marks marks, m_core.catalog->marks());
    CARMA_TRY_ASSIGN(const Searcher::SpaceEngine searched, m_searcher.engine(space, marks));
    found.engine = searched.engine;
    const EmbedderHost::Use use = m_core.embedders().use();
    found.embedder = use.embedder;
    if (found.embedder == nullptr) {
        found.problem = use.problem;
        return found;
    }
    const auto* table = dynamic_cast<const embed::TokenTable*>(found.embedder.get());
    if (table == nullptr) {
        found.problem = "the vectors of " + found.embedder->identity().name + " do not give words back";
        return found;
    }
    found.reconstructor = std::make_unique<heal::Reconstructor>(*table, found.embedder->identity().dimension);
    for (Sequence from = 0; found.reconstructor->learned() < kLearnedMax;) {
        CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragments(space, from, kRowsATime));
        for (const catalog::FragmentRow& row : rows) {
            CARMA_TRY(check(task));
            const auto text = m_reader.passageText(row);
            if (text.has_value()) {
                found.reconstructor->learn(*text);
            }
        }
        if (rows.size() < kRowsATime) {
            break;
        }
        from = rows.back().sequence + 1;
    }
    return found;
}

/// Where nothing else of the document is missing, its digest tells whether the guess is the very text.
void HypothesesImpl::prove(Hypothesis& hypothesis, const catalog::FragmentRow& row)
{
    const auto document = m_core.catalog->document(row.document);
    const auto rows = m_core.catalog->fragmentsOf(row.document);
    if (!document.has_value() || !*document || !(*document)->pieces.empty() || !rows.has_value() || hypothesis.text.empty()) {
        return;
    }
    std::string before;
    std::string after;
    for (const catalog::FragmentRow& other : *rows) {
        if (other.id == row.id) {
            continue;
        }
        const auto text = m_reader.passageText(other);
        if (!text.has_value()) {
            return;
        }
        (other.number < row.number ? before : after) += *text;
    }
    for (const std::string& text : casings(hypothesis.text)) {
        for (const std::string_view end : {"", "\n", ".", ".\n"}) {
            const std::string whole = text + std::string(end);
            if (whole.size() == row.bytes && crypto::sha256(asBytes(before + whole + after)) == (*document)->digest) {
                hypothesis.text = whole;
                hypothesis.isProven = true;
                hypothesis.evidence.emplace_back("the recorded digest of the document");
                return;
            }
        }
    }
}

Result<Hypothesis> HypothesesImpl::guess(const catalog::FragmentRow& row, Known& known, const Task& task)
{
    CARMA_TRY(check(task));
    Hypothesis hypothesis;
    CARMA_TRY_ASSIGN(hypothesis.lost, m_memory.view(row.id));
    if (!known.contains(row.space)) {
        CARMA_TRY_ASSIGN(known[row.space], surroundingsOf(row.space, task));
    }
    Surroundings& around = known[row.space];
    const auto traces = around.engine->tracesOf(row.id);
    if (around.reconstructor == nullptr) {
        hypothesis.problem = around.problem;
    } else if (!traces || traces->whole.empty()) {
        hypothesis.problem = "no index that knew the passage is left";
    }
    if (!hypothesis.problem.empty()) {
        return hypothesis;
    }
    heal::Remains remains{.whole = traces->whole, .parts = traces->parts, .step = traces->step, .title = hypothesis.lost.document.title};
    auto guess = around.reconstructor->guess(remains);
    if (!guess || guess->text.empty()) {
        hypothesis.problem = "its vector says nothing";
        return hypothesis;
    }
    hypothesis.text = std::move(guess->text);
    hypothesis.words = std::move(guess->words);
    hypothesis.fits = guess->fits;
    hypothesis.error = guess->error;
    hypothesis.evidence.push_back(remains.parts.empty() ? std::string("the vector of the passage")
                                                        : "the vectors of " + counted(remains.parts.size(), "part", "parts"));
    if (!remains.title.empty()) {
        hypothesis.evidence.emplace_back("the title");
    }
    hypothesis.evidence.push_back(counted(around.reconstructor->learned(), "passage", "passages") + " of the namespace");
    prove(hypothesis, row);
    return hypothesis;
}

Result<std::vector<Hypothesis>> HypothesesImpl::list(const HypothesesOptions& options, const Task& task)
{
    if (options.limit < 1 || options.limit > kLimitMax) {
        return Error{ErrorCode::InvalidArgument, "the limit of a list of hypotheses is a number from 1 to 1,000"};
    }
    CARMA_TRY(m_core.log->refresh());
    std::optional<NamespaceId> space;
    if (options.space) {
        CARMA_TRY_ASSIGN(const auto keys, m_core.space(*options.space));
        space = keys->id;
    }
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->lostFragments(kLimitMax));
    std::vector<Hypothesis> all;
    Known known;
    Progress progress;
    progress.phase = "guessing at lost passages";
    progress.unit = "passages";
    progress.total = std::min(rows.size(), options.limit);
    for (const catalog::FragmentRow& row : rows) {
        if (all.size() == options.limit) {
            break;
        }
        if (space && row.space != *space) {
            continue;
        }
        CARMA_TRY_ASSIGN(Hypothesis hypothesis, guess(row, known, task));
        all.push_back(std::move(hypothesis));
        progress.done = all.size();
        task.report(progress);
    }
    return all;
}

Result<Hypothesis> HypothesesImpl::of(const FragmentId& id, const Task& task)
{
    CARMA_TRY(m_core.log->refresh());
    CARMA_TRY_ASSIGN(const auto row, m_core.catalog->fragment(id));
    if (!row) {
        return Error{ErrorCode::NotFound, "there is no passage " + toString(id)};
    }
    if (row->state == catalog::State::Forgotten) {
        return Error{ErrorCode::InvalidArgument, "passage " + toString(id) + " was forgotten; what was forgotten is not guessed at"};
    }
    if (m_reader.passageText(*row).has_value()) {
        return Error{ErrorCode::InvalidArgument, "passage " + toString(id) + " is not lost; carma show prints it"};
    }
    Known known;
    return guess(*row, known, task);
}

Result<FragmentId> HypothesesImpl::accept(const FragmentId& id, const Task& task)
{
    CARMA_TRY_ASSIGN(const Hypothesis hypothesis, of(id, task));
    if (hypothesis.text.empty()) {
        return Error{ErrorCode::NotFound, "there is no hypothesis for " + toString(id) + ": " + hypothesis.problem};
    }
    NewMemory memory;
    memory.text = hypothesis.text;
    memory.title = (hypothesis.isProven ? "Recovered: " : "Hypothesis: ") +
        (hypothesis.lost.document.title.empty() ? toString(id) : hypothesis.lost.document.title);
    memory.externalId = "hypothesis:" + toString(id);
    memory.tags = {hypothesis.isProven ? "recovered" : "hypothesis"};
    CARMA_TRY_ASSIGN(const auto ids, m_memory.remember(hypothesis.lost.document.space, {memory}));
    journal::AuditNote note;
    note.action = "memory.accept-hypothesis";
    note.object = toString(id);
    note.detail = toString(ids.front());
    CARMA_TRY(m_core.appendAudited({}, note));
    return ids.front();
}

} // namespace carma::store
