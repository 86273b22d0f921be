// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace carma::store {

namespace {

constexpr std::size_t kPageRows = 1000;

/// A stored path never leaves the folder it is exported to, whatever it says.
bool staysInside(const std::filesystem::path& path)
{
    if (path.empty() || path.is_absolute()) {
        return false;
    }
    return std::ranges::none_of(path, [](const std::filesystem::path& part) { return part == ".." || part == "."; });
}

Error systemError(const std::filesystem::path& path)
{
    const ErrorCode code = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ErrorCode::NoSpace : ErrorCode::Io;
    return {code, path.string() + " cannot be written: " + std::strerror(errno)};
}

Result<void> writeFile(const std::filesystem::path& path, std::string_view bytes)
{
    std::error_code failure;
    std::filesystem::create_directories(path.parent_path(), failure);
    const std::filesystem::path aside = path.string() + ".carma-part";
    const int descriptor = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) {
        return systemError(path);
    }
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            const Error problem = systemError(path);
            ::close(descriptor);
            ::unlink(aside.c_str());
            return problem;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::close(descriptor) != 0 || ::rename(aside.c_str(), path.c_str()) != 0) {
        const Error problem = systemError(path);
        ::unlink(aside.c_str());
        return problem;
    }
    return {};
}

} // namespace

Result<void> MemoryImpl::exportOne(
    const std::string& folder, const catalog::DocumentRow& row, const ExportOptions& options, ExportReport& report)
{
    const std::string name = row.path.empty() ? "notes/" + toString(row.id) + ".txt" : row.path;
    const DocumentSummary summary = m_reader.summary(row);
    const std::filesystem::path relative = options.space ? std::filesystem::path(name) : std::filesystem::path(summary.space) / name;
    if (!staysInside(relative)) {
        report.incomplete.push_back({name, "its path leads out of the export folder"});
        return {};
    }
    const std::filesystem::path path = std::filesystem::path(folder) / relative;
    std::error_code failure;
    if (!options.overwrite && std::filesystem::exists(path, failure)) {
        return Error{ErrorCode::AlreadyExists, path.string() + " exists already; use --overwrite or another folder"};
    }
    const auto bytes = m_reader.original(row.id);
    if (!bytes.has_value()) {
        report.incomplete.push_back({relative.string(), bytes.error().message});
        return {};
    }
    CARMA_TRY(m_core.metering().admit(summary.space, billing::Measure::ExportedBytes));
    CARMA_TRY(writeFile(path, *bytes));
    m_core.metering().count(summary.space, billing::Measure::ExportedBytes, bytes->size());
    ++report.files;
    report.bytes += bytes->size();
    return {};
}

Result<ExportReport> MemoryImpl::exportTo(const std::string& folder, const ExportOptions& options, const Task& task)
{
    CARMA_TRY(m_core.log->refresh());
    catalog::Catalog::DocumentFilter filter;
    filter.limit = kPageRows;
    if (options.space) {
        CARMA_TRY_ASSIGN(const auto keys, m_core.space(*options.space));
        filter.space = keys->id;
    }
    journal::AuditNote note;
    note.action = "memory.export";
    note.space = filter.space.value_or(NamespaceId{});
    note.detail = folder;
    CARMA_TRY(m_core.auditRead(note));
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        return Error{ErrorCode::Io, folder + " cannot be made: " + failure.message()};
    }
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(filter.space));
    ExportReport report;
    std::uint64_t done = 0;
    for (;;) {
        CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->documents(filter));
        for (const catalog::DocumentRow& row : rows) {
            if (task.cancelled()) {
                report.cancelled = true;
                return report;
            }
            CARMA_TRY(exportOne(folder, row, options, report));
            task.report({"exporting", ++done, counts.documents, "documents"});
        }
        if (rows.size() < kPageRows) {
            return report;
        }
        filter.after = rows.back().id;
    }
}

} // namespace carma::store
