// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hypotheses_impl.h"

#include "base/byte_io.h"
#include "base/counted.h"
#include "heal/confidence.h"

#include <algorithm>
#include <tuple>

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

/// Of everything about the passage that a guess is made from. Other texts of the namespace are no evidence of this one.
crypto::Digest evidenceOf(const query::Traces& traces, const std::string& title)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text("vectors and places of words"); // another way to guess has another one: what was guessed otherwise is guessed anew
    writer.text(title);
    const auto add = [&](const std::vector<float>& vector) { writer.blob(std::as_bytes(std::span(vector))); };
    add(traces.whole);
    for (const std::vector<float>& part : traces.parts) {
        add(part);
    }
    return crypto::sha256(bytes);
}

/// Whether what was guessed before is to be kept although there is other evidence now.
bool isBetter(const RememberedGuess& old, const Hypothesis& fresh)
{
    return std::tuple(old.isProven, old.fits, -old.error) > std::tuple(fresh.isProven, fresh.fits, -fresh.error);
}

void recall(Hypothesis& hypothesis, const RememberedGuess& guess)
{
    hypothesis.text = guess.text;
    hypothesis.words = guess.words;
    hypothesis.isProven = guess.isProven;
    hypothesis.fits = guess.fits;
    hypothesis.error = guess.error;
    hypothesis.confidence = guess.confidence;
    hypothesis.problem.clear();
    hypothesis.evidence = {"an earlier guess from the same vectors"};
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
    found.words = std::make_unique<WordEvidence>(*table);
    found.reconstructor->setUntold(found.words->untold());
    for (Sequence from = 0; found.reconstructor->learned() < kLearnedMax;) {
        CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragments(space, from, kRowsATime));
        for (const catalog::FragmentRow& row : rows) {
            CARMA_TRY(check(task));
            const auto text = m_reader.passageText(row);
            if (text.has_value()) {
                found.reconstructor->learn(*text);
                found.words->learn(*text);
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
/// Returns whether it is.
bool HypothesesImpl::prove(Hypothesis& hypothesis, const catalog::FragmentRow& row)
{
    const auto document = m_core.catalog->document(row.document);
    const auto rows = m_core.catalog->fragmentsOf(row.document);
    if (!document.has_value() || !*document || !(*document)->pieces.empty() || !rows.has_value() || hypothesis.text.empty()) {
        return false;
    }
    std::string before;
    std::string after;
    for (const catalog::FragmentRow& other : *rows) {
        if (other.id == row.id) {
            continue;
        }
        const auto text = m_reader.passageText(other);
        if (!text.has_value()) {
            return false;
        }
        (other.number < row.number ? before : after) += *text;
    }
    for (const std::string& text : casings(hypothesis.text)) {
        for (const std::string_view end : {"", "\n", ".", ".\n"}) {
            const std::string whole = text + std::string(end);
            if (whole.size() == row.bytes && crypto::sha256(asBytes(before + whole + after)) == (*document)->digest) {
                hypothesis.text = whole;
                hypothesis.isProven = true;
                hypothesis.confidence = 1;
                hypothesis.evidence.emplace_back("the recorded digest of the document");
                return true;
            }
        }
    }
    return false;
}

Result<HypothesesImpl::Surroundings*> HypothesesImpl::known(const NamespaceId& space, Known& known, const Task& task)
{
    if (!known.spaces.contains(space)) {
        CARMA_TRY_ASSIGN(known.spaces[space], surroundingsOf(space, task));
    }
    return &known.spaces[space];
}

/// What was guessed before from the same evidence is said again; only the exact step is tried anew.
Result<Hypothesis> HypothesesImpl::guess(const catalog::FragmentRow& row, Known& known, const Task& task)
{
    CARMA_TRY(check(task));
    Hypothesis hypothesis;
    CARMA_TRY_ASSIGN(hypothesis.lost, m_memory.view(row.id));
    CARMA_TRY_ASSIGN(Surroundings* const around, this->known(row.space, known, task));
    const auto history = known.histories.find(row.id);
    const RememberedGuess* const old = history != known.histories.end() && history->second.guess ? &*history->second.guess : nullptr;
    const auto traces = around->engine->tracesOf(row.id);
    const bool hasTraces = traces && !traces->whole.empty();
    const crypto::Digest evidence = hasTraces ? evidenceOf(*traces, hypothesis.lost.document.title)
        : old != nullptr                      ? old->evidence
                                              : crypto::Digest{};
    if (old != nullptr && (!hasTraces || old->evidence == evidence || around->reconstructor == nullptr)) {
        recall(hypothesis, *old);
        if (!hypothesis.isProven && prove(hypothesis, row)) {
            CARMA_TRY(remember(hypothesis, row, evidence, known));
        }
    } else {
        CARMA_TRY_ASSIGN(hypothesis, guessAnew(row, *around, std::move(hypothesis)));
        if (old != nullptr && isBetter(*old, hypothesis)) {
            recall(hypothesis, *old);
        }
        if (!hypothesis.text.empty()) {
            CARMA_TRY(remember(hypothesis, row, evidence, known));
        }
    }
    hypothesis.isRejected = history != known.histories.end() && history->second.rejected == evidence && !hypothesis.isProven;
    return hypothesis;
}

Result<Hypothesis> HypothesesImpl::guessAnew(const catalog::FragmentRow& row, Surroundings& around, Hypothesis hypothesis)
{
    const auto traces = around.engine->tracesOf(row.id);
    if (around.reconstructor == nullptr) {
        hypothesis.problem = around.problem;
    } else if (!traces || traces->whole.empty()) {
        hypothesis.problem = "no index that knew the passage is left";
    }
    if (!hypothesis.problem.empty()) {
        return hypothesis;
    }
    heal::Remains remains{.whole = traces->whole,
        .parts = traces->parts,
        .step = traces->step,
        .title = hypothesis.lost.document.title,
        .words = around.words->wordsOf(*around.engine, row.id, hypothesis.lost.document.title)};
    auto guess = around.reconstructor->guess(remains);
    if (!guess || guess->text.empty()) {
        hypothesis.problem = "its vector says nothing";
        return hypothesis;
    }
    hypothesis.confidence = heal::confidenceOf(*guess);
    hypothesis.text = std::move(guess->text);
    hypothesis.words = std::move(guess->words);
    hypothesis.fits = guess->fits;
    hypothesis.error = guess->error;
    hypothesis.evidence.push_back(remains.parts.empty() ? std::string("the vector of the passage")
                                                        : "the vectors of " + counted(remains.parts.size(), "part", "parts"));
    std::size_t places = 0;
    for (const auto& part : remains.words) {
        for (const heal::FoundWord& word : part) {
            places += word.places.size();
        }
    }
    if (places > 0) {
        hypothesis.evidence.push_back("the places of " + counted(places, "word", "words") + " in the index");
    }
    if (!remains.title.empty()) {
        hypothesis.evidence.emplace_back("the title");
    }
    hypothesis.evidence.push_back(counted(around.reconstructor->learned(), "passage", "passages") + " of the namespace");
    prove(hypothesis, row);
    return hypothesis;
}

/// Readers remember nothing.
Result<void> HypothesesImpl::remember(
    const Hypothesis& hypothesis, const catalog::FragmentRow& row, const crypto::Digest& evidence, Known& known)
{
    const RememberedGuess guess{
        evidence, hypothesis.text, hypothesis.words, hypothesis.isProven, hypothesis.fits, hypothesis.error, hypothesis.confidence};
    GuessHistory& history = known.histories[row.id];
    if (m_core.readOnly || history.guess == guess) {
        return {};
    }
    history.guess = guess;
    if (!known.remembers) {
        return {};
    }
    const journal::NewEntry entry{log::RecordType::HealCycle, row.space, encodeGuess(row.id, guess)};
    CARMA_TRY(m_core.journal().append(std::span(&entry, 1)));
    return {};
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
    CARMA_TRY_ASSIGN(known.histories, readGuesses(m_core));
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
        if (!hypothesis.isRejected || options.rejected) {
            all.push_back(std::move(hypothesis));
        }
        progress.done = all.size();
        task.report(progress);
    }
    return all;
}

Result<catalog::FragmentRow> HypothesesImpl::lostRow(const FragmentId& id)
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
    return *row;
}

Result<Hypothesis> HypothesesImpl::of(const FragmentId& id, const Task& task)
{
    CARMA_TRY_ASSIGN(const catalog::FragmentRow row, lostRow(id));
    Known known;
    CARMA_TRY_ASSIGN(known.histories, readGuesses(m_core));
    return guess(row, known, task);
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
    // One batch: no memory without the entry that says where it comes from.
    const auto also = [&](DocumentWriter& writer, const FragmentId& kept) {
        journal::AuditNote note;
        note.action = "memory.accept-hypothesis";
        note.object = toString(id);
        note.detail = toString(kept);
        return writer.queueAudited(log::RecordType::HealCycle, encodeAcceptance(id, kept), note);
    };
    CARMA_TRY_ASSIGN(const auto ids, m_memory.rememberWith(hypothesis.lost.document.space, {memory}, also));
    return ids.front();
}

Result<void> HypothesesImpl::reject(const FragmentId& id, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    CARMA_TRY_ASSIGN(const catalog::FragmentRow row, lostRow(id));
    Known known;
    CARMA_TRY_ASSIGN(known.histories, readGuesses(m_core));
    CARMA_TRY_ASSIGN(const Hypothesis hypothesis, guess(row, known, task));
    const auto history = known.histories.find(id);
    if (hypothesis.text.empty() || history == known.histories.end() || !history->second.guess) {
        return Error{ErrorCode::NotFound, "there is no hypothesis for " + toString(id) + ": " + hypothesis.problem};
    }
    if (hypothesis.isProven) {
        return Error{ErrorCode::InvalidArgument, "the recorded digest proves this text; it is no guess that could be rejected"};
    }
    journal::AuditNote note;
    note.action = "memory.reject-hypothesis";
    note.object = toString(id);
    const journal::NewEntry entry{log::RecordType::HealCycle, row.space, encodeRejection(id, history->second.guess->evidence)};
    CARMA_TRY(m_core.journal().append(std::span(&entry, 1), note));
    return {};
}

std::optional<PassageGuess> HypothesesImpl::forQuery(const FragmentId& id)
{
    const auto marks = m_core.catalog->marks();
    const auto row = lostRow(id);
    if (!marks.has_value() || !row.has_value()) {
        return std::nullopt;
    }
    const std::lock_guard guard(m_asked);
    if (!m_hasLastKnown || m_lastMarks != *marks) {
        auto histories = readGuesses(m_core);
        m_lastKnown = {};
        m_lastKnown.remembers = false;
        m_lastKnown.histories = histories.has_value() ? *std::move(histories) : GuessHistories{};
        m_lastMarks = *marks;
        m_hasLastKnown = true;
    }
    const auto hypothesis = guess(*row, m_lastKnown, Task{});
    if (!hypothesis.has_value() || hypothesis->text.empty() || hypothesis->isRejected) {
        return std::nullopt;
    }
    return PassageGuess{hypothesis->text, hypothesis->confidence, hypothesis->isProven};
}

Result<HypothesesStats> HypothesesImpl::stats()
{
    CARMA_TRY(m_core.log->refresh());
    if (!m_core.readOnly) {
        CARMA_TRY(scoreReturned(m_core));
    }
    CARMA_TRY_ASSIGN(const GuessHistories histories, readGuesses(m_core));
    return statsOf(histories);
}

} // namespace carma::store
