// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/subject_impl.h"

#include "audit/export_forms.h"
#include "audit/statement.h"
#include "store/audit_impl.h"

#include <carma/private_file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

/// All that a namespace holds, in forms that need no CARMA to be read: JSON lines, the originals, and a signed list of every file with
/// its SHA-256.
namespace carma::store {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPageRows = 1000;

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json documentJson(const DocumentSummary& document, const catalog::DocumentRow& row, const std::string& file)
{
    return Json{{"id", toString(document.id)}, {"path", document.path}, {"title", document.title}, {"media_type", document.mediaType},
        {"external_id", document.externalId}, {"tags", document.tags}, {"bytes", document.bytes},
        {"created", audit::utcTime(document.createdUs)}, {"modified", audit::utcTime(document.modifiedUs)}, {"sha256", toHex(row.digest)},
        {"current", document.current}, {"state", name(document.state)}, {"original", file}};
}

/// The folder must be new: an export never mixes with anything.
Result<void> makeFolder(const std::filesystem::path& folder)
{
    std::error_code failure;
    if (std::filesystem::exists(folder, failure) && !std::filesystem::is_empty(folder, failure)) {
        return Error{ErrorCode::AlreadyExists, folder.string() + " is not empty; choose a new folder"};
    }
    std::filesystem::create_directories(folder / "originals", failure);
    if (failure) {
        return Error{ErrorCode::Io, folder.string() + " cannot be made: " + failure.message()};
    }
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
    return {};
}

} // namespace

/// A new file, written to the end and hashed on the way.
class SubjectsImpl::OutputFile {
public:
    static Result<std::unique_ptr<OutputFile>> create(const std::filesystem::path& path)
    {
        CARMA_TRY_ASSIGN(const int descriptor, createPrivateFile(path.string()));
        return std::unique_ptr<OutputFile>(new OutputFile(path, descriptor));
    }
    ~OutputFile()
    {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
    }
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    Result<void> write(std::string_view bytes)
    {
        m_digest.add(asBytes(bytes));
        m_bytes += bytes.size();
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) {
                continue;
            }
            if (written <= 0) {
                return failure(m_path);
            }
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }
    /// What the manifest says about it.
    Result<ExportedFile> finish(const std::string& name)
    {
        const int descriptor = std::exchange(m_descriptor, -1);
        if (::fsync(descriptor) != 0 || ::close(descriptor) != 0) {
            return failure(m_path);
        }
        return ExportedFile{name, m_bytes, m_digest.finish()};
    }

private:
    OutputFile(std::filesystem::path path, int descriptor) : m_path(std::move(path)), m_descriptor(descriptor) {}
    static Error failure(const std::filesystem::path& path)
    {
        const ErrorCode code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::NoSpace : ErrorCode::Io;
        return {code, path.string() + " cannot be written: " + std::strerror(errno)};
    }

    std::filesystem::path m_path;
    int m_descriptor;
    crypto::Sha256 m_digest;
    std::uint64_t m_bytes = 0;
};

Result<SubjectExport> SubjectsImpl::exportTo(std::string_view space, const std::string& folder, const Task& task)
{
    CARMA_TRY(m_core.journal().refresh());
    CARMA_TRY_ASSIGN(const auto keys, m_core.space(space));
    journal::AuditNote note;
    note.action = "subject.export";
    note.object = toString(keys->id);
    note.space = keys->id;
    note.detail = folder;
    CARMA_TRY(m_core.auditRead(note));
    const std::filesystem::path root(folder);
    CARMA_TRY(makeFolder(root));
    SubjectExport report;
    std::vector<ExportedFile> files;
    CARMA_TRY(exportDocuments(keys->id, root, files, report, task));
    CARMA_TRY_ASSIGN(const auto entries, OutputFile::create(root / "audit.jsonl"));
    CARMA_TRY(m_core.journal().read(log::RecordType::Audit, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto owner = audit::spaceOf(entry.body);
        if (owner.has_value() && *owner == keys->id) {
            ++report.auditEntries;
            CARMA_TRY(entries->write(audit::line(AuditForm::JsonLines, toAuditEntry(m_core, entry), {})));
        }
        return true;
    }));
    CARMA_TRY_ASSIGN(ExportedFile listed, entries->finish("audit.jsonl"));
    files.push_back(std::move(listed));
    Json list = Json::array();
    for (const ExportedFile& file : files) {
        list.push_back(Json{{"file", file.name}, {"bytes", file.bytes}, {"sha256", toHex(file.digest)}});
    }
    const Json said{{"kind", "subject export"}, {"store", toString(m_core.log->superblock().store)}, {"namespace", toString(keys->id)},
        {"exported", audit::utcTime(m_core.world.clock->wallTimeUs())}, {"documents", report.documents}, {"fragments", report.fragments},
        {"audit_entries", report.auditEntries}, {"incomplete", report.incomplete}, {"files", std::move(list)}};
    CARMA_TRY_ASSIGN(const std::string manifest, audit::signStatement(*m_core.log, dumped(said)));
    CARMA_TRY_ASSIGN(const auto last, OutputFile::create(root / "manifest.json"));
    CARMA_TRY(last->write(manifest));
    CARMA_TRY(last->finish("manifest.json"));
    return report;
}

/// The name of the file with the original; empty if it was not kept or cannot be read.
Result<std::string> SubjectsImpl::exportOriginal(
    const catalog::DocumentRow& row, const std::filesystem::path& root, std::vector<ExportedFile>& files, SubjectExport& report)
{
    const auto original = m_reader.original(row.id);
    if (!original.has_value()) {
        if (original.error().code != ErrorCode::NotFound) {
            report.incomplete.push_back(toString(row.id) + ": " + original.error().message);
        }
        return std::string();
    }
    std::string file = "originals/" + toString(row.id);
    CARMA_TRY_ASSIGN(const auto output, OutputFile::create(root / file));
    CARMA_TRY(output->write(*original));
    CARMA_TRY_ASSIGN(ExportedFile listed, output->finish(file));
    files.push_back(std::move(listed));
    ++report.originals;
    return file;
}

Result<void> SubjectsImpl::exportFragments(const catalog::DocumentRow& row, const Write& write, SubjectExport& report)
{
    CARMA_TRY_ASSIGN(const auto passages, m_core.catalog->fragmentsOf(row.id));
    for (const catalog::FragmentRow& passage : passages) {
        const auto text = m_reader.passageText(passage);
        if (!text.has_value()) {
            report.incomplete.push_back(toString(passage.id) + ": " + text.error().message);
        }
        CARMA_TRY(write(dumped(Json{{"id", toString(passage.id)}, {"document", toString(row.id)}, {"number", passage.number},
            {"offset", passage.offset}, {"bytes", passage.bytes}, {"time", audit::utcTime(passage.timeUs)}, {"readable", text.has_value()},
            {"text", text.has_value() ? *text : std::string()}})));
        ++report.fragments;
    }
    return {};
}

Result<void> SubjectsImpl::exportDocuments(
    const NamespaceId& space, const std::filesystem::path& root, std::vector<ExportedFile>& files, SubjectExport& report, const Task& task)
{
    CARMA_TRY_ASSIGN(const auto documents, OutputFile::create(root / "documents.jsonl"));
    CARMA_TRY_ASSIGN(const auto fragments, OutputFile::create(root / "fragments.jsonl"));
    const Write writeFragment = [&](std::string_view line) { return fragments->write(line); };
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(space));
    catalog::Catalog::DocumentFilter filter;
    filter.space = space;
    filter.oldVersions = true;
    filter.limit = kPageRows;
    for (bool more = true; more;) {
        CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->documents(filter));
        for (const catalog::DocumentRow& row : rows) {
            if (task.cancelled()) {
                return Error{ErrorCode::Cancelled, "the export was cancelled; the folder is incomplete and has no manifest"};
            }
            CARMA_TRY_ASSIGN(const std::string file, exportOriginal(row, root, files, report));
            CARMA_TRY(documents->write(dumped(documentJson(m_reader.summary(row), row, file))));
            CARMA_TRY(exportFragments(row, writeFragment, report));
            task.report({"exporting", ++report.documents, counts.documents, "documents"});
        }
        more = rows.size() == kPageRows;
        filter.after = rows.empty() ? filter.after : rows.back().id;
    }
    CARMA_TRY_ASSIGN(ExportedFile first, documents->finish("documents.jsonl"));
    CARMA_TRY_ASSIGN(ExportedFile second, fragments->finish("fragments.jsonl"));
    files.push_back(std::move(first));
    files.push_back(std::move(second));
    return {};
}

} // namespace carma::store
