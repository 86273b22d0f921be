// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/csv_reader.h"

namespace carma::anomaly {

namespace {

Error wrong(ErrorCode code, std::uint64_t line, std::string_view what)
{
    return {code, "line " + std::to_string(line) + std::string(what)};
}

} // namespace

Result<int> CsvReader::get()
{
    if (m_at == m_end && !m_over) {
        m_at = 0;
        CARMA_TRY_ASSIGN(m_end, m_read(m_buffer));
        m_over = m_end == 0;
    }
    if (m_at == m_end) {
        return -1;
    }
    return static_cast<unsigned char>(m_buffer[m_at++]);
}

Result<void> CsvReader::put(char byte)
{
    if (++m_rowBytes > kRowBytesMax) {
        return wrong(ErrorCode::LimitExceeded, m_rowLine, " is longer than 64 KiB");
    }
    m_fields[m_count].push_back(byte);
    return {};
}

Result<void> CsvReader::endField()
{
    if (++m_count > kColumnsMax) {
        return wrong(ErrorCode::LimitExceeded, m_rowLine, " has more than 256 columns");
    }
    if (m_fields.size() <= m_count) {
        m_fields.emplace_back();
    }
    m_fields[m_count].clear();
    return {};
}

/// The rest of a field whose opening quote was read, with the closing one.
Result<void> CsvReader::readQuoted()
{
    for (;;) {
        CARMA_TRY_ASSIGN(int byte, get());
        if (byte == '"') {
            if (m_at == m_end) {
                CARMA_TRY_ASSIGN(byte, get()); // fills the buffer
                m_at -= byte >= 0 ? 1 : 0;
            }
            if (m_at == m_end || m_buffer[m_at] != '"') {
                return {};
            }
            ++m_at;
        }
        if (byte < 0) {
            return wrong(ErrorCode::InvalidArgument, m_rowLine, " has a quote that is never closed");
        }
        m_line += byte == '\n' ? 1 : 0;
        CARMA_TRY(put(static_cast<char>(byte)));
    }
}

/// False at the end of the file.
Result<bool> CsvReader::readRow()
{
    m_rowLine = m_line;
    m_rowBytes = 0;
    m_count = 0;
    if (m_fields.empty()) {
        m_fields.emplace_back();
    }
    m_fields.front().clear();
    for (bool any = false;; any = true) {
        CARMA_TRY_ASSIGN(const int byte, get());
        if (byte < 0 && !any) {
            return false;
        }
        if (byte < 0 || byte == '\n') {
            m_line += byte == '\n' ? 1 : 0;
            std::string& last = m_fields[m_count];
            if (last.ends_with('\r')) {
                last.pop_back();
            }
            CARMA_TRY(endField());
            return true;
        }
        constexpr std::string_view kMark = "\xEF\xBB\xBF"; // some programs begin UTF-8 with it
        if (m_rowLine == 1 && m_count == 0 && m_fields.front() == kMark) {
            m_fields.front().clear();
        }
        if (byte == ',') {
            CARMA_TRY(endField());
        } else if (byte == '"' && m_fields[m_count].empty()) {
            CARMA_TRY(readQuoted());
        } else {
            CARMA_TRY(put(static_cast<char>(byte)));
        }
    }
}

Result<bool> CsvReader::next()
{
    do {
        CARMA_TRY_ASSIGN(const bool read, readRow());
        if (!read) {
            return false;
        }
    } while (m_count == 1 && m_fields.front().empty());
    m_fields.resize(m_count);
    return true;
}

} // namespace carma::anomaly
