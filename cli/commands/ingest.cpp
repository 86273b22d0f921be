// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.h"
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "terminal.h"
#include "text.h"

#include <algorithm>
#include <carma/clock.h>
#include <carma/history.h>
#include <carma/moment.h>
#include <fmt/format.h>

namespace carma::cli {

namespace {

class IngestCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "ingest"; }
    CommandHelp help() const override
    {
        return {"memory", "put files and folders in",
            "Reads files, and folders with all that is in them. What is there already, unchanged, is skipped; what has changed becomes "
            "a new version. A file that cannot be read or understood is named with the reason, the rest goes on, and the exit code "
            "is 1. Everything that was acknowledged stays if the work is stopped.\n\n"
            "Read are text in any encoding, Markdown, source code, CSV, JSON and JSONL, PDF, DOCX, ODT, EPUB, HTML, mail (eml, mbox) with "
            "its attachments, and the chats that ChatGPT, Claude and WhatsApp export. What .gitignore and .carmaignore in the folders "
            "name is left out.\n\n"
            "With --replaces one file, or standard input, becomes the new version of that document, whatever its name is and also if its "
            "bytes are the same. The document keeps its path; its tags are those of --tag alone.\n\n"
            "With --watch the command goes on: what changes in the folders is ingested again, until Ctrl+C.",
            {"carma ingest ~/Documents", "carma ingest ~/Documents --since 7d --dry-run", "carma ingest ~/notes --watch",
                "carma ingest letters/ diary.md --tag family", "carma ingest draft.md --replaces letters/1998.md",
                "curl -s https://example.org/page.txt | carma ingest - --as page.txt"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("PATH", m_paths, "a file or folder, or - for standard input").kind = ValueKind::File;
        arguments.option("--as", m_stdinName, "NAME", "name of what standard input holds (default: stdin.txt)");
        arguments.option("--tag", m_tags, "TAG", "a tag for every document; may be given more than once");
        arguments.option("--replaces", m_replaces, "ID", "the one PATH is a new version of this document");
        arguments.flag("--no-originals", m_noOriginals, "keep the text only, not the bytes of the files");
        arguments.flag("--hidden", m_hidden, "also names that begin with a dot");
        arguments.flag("--no-ignore", m_noIgnore, "also what .gitignore and .carmaignore leave out");
        arguments.option("--since", m_since, "TIME", "only files changed since then: 2024-05-14, 2024-05-14T19:30, 90m, 12h, 7d or 4w");
        arguments.flag("--dry-run", m_options.dryRun, "read and parse everything, write nothing");
        arguments.flag("--watch", m_watch, "go on with what changes, until Ctrl+C");
        arguments.option("--max-file-size", m_fileBytesMax, "SIZE", "refuse larger files, for instance 64M (default: 256M)");
    }
    Result<void> validate(const GlobalOptions& global) override
    {
        CARMA_TRY_ASSIGN(m_options.fileBytesMax, parseBytes(m_fileBytesMax));
        const auto dashes = std::ranges::count(m_paths, "-");
        m_fromStdin = dashes != 0;
        if (dashes > 1) {
            return Error{ErrorCode::InvalidArgument, "standard input can be read once only"};
        }
        if (!m_stdinName.empty() && !m_fromStdin) {
            return Error{ErrorCode::InvalidArgument, "--as names what - reads, but - is not among the paths"};
        }
        if (m_fromStdin && (global.passphraseFile == "-" || global.recoveryCodeFile == "-")) {
            return Error{ErrorCode::InvalidArgument, "standard input cannot hold both the secret and the text"};
        }
        if (!m_replaces.empty() && (m_paths.size() != 1 || m_watch || !m_since.empty() || !m_stdinName.empty())) {
            return Error{
                ErrorCode::InvalidArgument, "--replaces takes one file, or - for standard input, and neither --as nor --watch nor --since"};
        }
        if (m_watch && m_fromStdin) {
            return Error{ErrorCode::InvalidArgument, "--watch watches files and folders, and standard input is neither"};
        }
        if (m_watch && m_options.dryRun) {
            return Error{ErrorCode::InvalidArgument, "--watch and --dry-run do not go together"};
        }
        if (!m_since.empty()) {
            CARMA_TRY_ASSIGN(m_options.sinceUs, parseMoment(m_since, systemClock().wallTimeUs()));
        }
        m_options.ignoreFiles = !m_noIgnore;
        m_options.space = global.spaceOrDefault();
        m_options.keepOriginals = !m_noOriginals;
        m_options.hidden = m_hidden;
        m_options.tags = m_tags;
        return {};
    }

private:
    bool writes() const override { return !m_options.dryRun; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<IngestReport> ingestAll(Memory& memory, Session& session) const;
    Result<IngestReport> replace(Store& store, Session& session);
    Result<ExitCode> watch(Memory& memory, Session& session);
    void tell(const IngestReport& report, Session& session) const;

    std::vector<std::string> m_paths;
    std::string m_stdinName;
    std::vector<std::string> m_tags;
    bool m_noOriginals = false;
    bool m_hidden = false;
    bool m_noIgnore = false;
    bool m_watch = false;
    std::string m_since;
    std::string m_replaces;
    std::string m_fileBytesMax = "256M";
    bool m_fromStdin = false;
    IngestOptions m_options;
};

void add(IngestReport& sum, IngestReport&& part)
{
    sum.files += part.files;
    sum.unchanged += part.unchanged;
    sum.updated += part.updated;
    sum.ignored += part.ignored;
    sum.older += part.older;
    sum.passages += part.passages;
    sum.bytes += part.bytes;
    sum.tookUs += part.tookUs;
    sum.cancelled = sum.cancelled || part.cancelled;
    std::ranges::move(part.refused, std::back_inserter(sum.refused));
    std::ranges::move(part.skipped, std::back_inserter(sum.skipped));
}

Result<IngestReport> IngestCommand::ingestAll(Memory& memory, Session& session) const
{
    IngestReport report;
    std::vector<std::string> paths = m_paths;
    std::erase(paths, "-");
    if (m_fromStdin) {
        CARMA_TRY_ASSIGN(const std::string bytes, readStdin(m_options.fileBytesMax, session.stop()));
        CARMA_TRY_ASSIGN(IngestReport part, memory.ingestBytes(m_stdinName.empty() ? "stdin.txt" : m_stdinName, bytes, m_options));
        add(report, std::move(part));
    }
    if (!paths.empty()) {
        CARMA_TRY_ASSIGN(IngestReport part, memory.ingest(paths, m_options, session.task()));
        add(report, std::move(part));
    }
    return report;
}

Result<IngestReport> IngestCommand::replace(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const FragmentId id, store.memory().resolve(m_replaces));
    CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> versions, versionsOf(store, id));
    CARMA_TRY_ASSIGN(const FragmentView view, store.memory().show(id));
    m_options.replaces = view.document.id;
    if (!session.options().space) {
        m_options.space = versions.back().space;
    }
    constexpr std::uint64_t kMebibyte = 1U << 20U;
    CARMA_TRY_ASSIGN(const std::string bytes,
        m_fromStdin ? readStdin(m_options.fileBytesMax, session.stop())
                    : readText(m_paths.front(), m_options.fileBytesMax / kMebibyte + 1));
    return store.memory().ingestBytes(m_paths.front(), bytes, m_options);
}

/// What was done, in a line; what was not, line by line.
void IngestCommand::tell(const IngestReport& report, Session& session) const
{
    session.endProgress();
    Printer& printer = session.printer();
    printer.document(Json{{"files", report.files}, {"updated", report.updated}, {"unchanged", report.unchanged},
        {"passages", report.passages}, {"bytes", report.bytes}, {"refused", toJson(report.refused)}, {"skipped", toJson(report.skipped)},
        {"ignored", report.ignored}, {"older", report.older}, {"dry_run", m_options.dryRun}, {"cancelled", report.cancelled},
        {"namespace", m_options.space}, {"took_us", report.tookUs}});
    std::string summary = counted(report.files, "file") + (m_options.dryRun ? " would be ingested" : " ingested");
    if (report.updated != 0) {
        summary += fmt::format(" ({} as new versions)", grouped(report.updated));
    }
    if (report.unchanged != 0) {
        summary += fmt::format(", {} unchanged", grouped(report.unchanged));
    }
    if (report.older != 0) {
        summary += fmt::format(", {} older", grouped(report.older));
    }
    if (report.ignored != 0) {
        summary += fmt::format(", {} ignored", grouped(report.ignored));
    }
    summary += fmt::format(": {}, {} in {}", counted(report.passages, "passage"), humanBytes(report.bytes), humanDuration(report.tookUs));
    if (!report.skipped.empty()) {
        summary += fmt::format("; {} left out (links to what was read already)", counted(report.skipped.size(), "name"));
    }
    printer.line(summary);
    reportProblems(printer, counted(report.refused.size(), "file was", "files were") + " not ingested", report.refused);
}

Result<ExitCode> IngestCommand::watch(Memory& memory, Session& session)
{
    bool anyRefused = false;
    CARMA_TRY(memory.watch(
        m_paths, m_options,
        [&](const IngestReport& report) {
            tell(report, session);
            session.printer().finish(); // whoever reads a pipe wants to know now
            anyRefused = anyRefused || !report.refused.empty();
        },
        session.task()));
    session.endProgress();
    session.printer().line("Watching has ended; everything told of is kept.");
    return anyRefused ? ExitCode::Failed : ExitCode::Ok; // Ctrl+C is how it ends
}

Result<ExitCode> IngestCommand::runWith(Store& store, Session& session)
{
    if (m_watch) {
        return watch(store.memory(), session);
    }
    CARMA_TRY_ASSIGN(const IngestReport report, m_replaces.empty() ? ingestAll(store.memory(), session) : replace(store, session));
    tell(report, session);
    if (report.cancelled) {
        return endCancelled(session.printer(),
            fmt::format("{} ingested before that; run the command again to go on.", counted(report.files, "file was", "files were")));
    }
    return report.refused.empty() ? ExitCode::Ok : ExitCode::Failed;
}

} // namespace

std::unique_ptr<Command> makeIngestCommand() { return std::make_unique<IngestCommand>(); }

} // namespace carma::cli
