// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/result.h>

#include <bit>
#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

namespace carma {

static_assert(std::endian::native == std::endian::little, "stored numbers are little-endian and are copied as they are");

/// The little-endian number at the start of `bytes`. REQUIRES: bytes.size() >= sizeof(T)
template <std::integral T> T loadLe(ByteView bytes)
{
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

template <std::integral T> void storeLe(ByteSpan bytes, T value) { std::memcpy(bytes.data(), &value, sizeof value); }

/// Appends numbers and blobs to a byte vector. Variable parts are preceded by their length as u32.
class ByteWriter {
public:
    explicit ByteWriter(Bytes& out) : m_out(out) {}

    template <std::integral T> void number(T value)
    {
        const std::size_t at = m_out.size();
        m_out.resize(at + sizeof value);
        storeLe(ByteSpan(m_out).subspan(at), value);
    }
    void raw(ByteView bytes) { m_out.insert(m_out.end(), bytes.begin(), bytes.end()); }
    void blob(ByteView bytes)
    {
        number(static_cast<std::uint32_t>(bytes.size()));
        raw(bytes);
    }
    void text(std::string_view value) { blob(asBytes(value)); }
    template <typename Tag> void id(const Id128<Tag>& value) { raw(value.view()); }

private:
    Bytes& m_out;
};

/// Reads what ByteWriter wrote, from bytes that nobody vouches for. Reading past the end sets failed() and yields zeroes,
/// so a parser may read everything and check once. Never allocates more than the input's size.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : m_rest(bytes) {}

    template <std::integral T> T number()
    {
        const ByteView bytes = raw(sizeof(T));
        return bytes.size() == sizeof(T) ? loadLe<T>(bytes) : T{};
    }
    /// Not owned: a part of the input. Empty after a failure.
    ByteView raw(std::size_t size)
    {
        if (m_failed || size > m_rest.size()) {
            m_failed = true;
            return {};
        }
        const ByteView part = m_rest.first(size);
        m_rest = m_rest.subspan(size);
        return part;
    }
    ByteView blob() { return raw(number<std::uint32_t>()); }
    std::string text() { return toString(blob()); }
    template <typename IdType> IdType id()
    {
        IdType value;
        const ByteView bytes = raw(16);
        if (bytes.size() == 16) {
            std::memcpy(value.bytes.data(), bytes.data(), 16);
        }
        return value;
    }
    [[nodiscard]] ByteView rest() const { return m_rest; }
    [[nodiscard]] bool failed() const { return m_failed; }
    [[nodiscard]] bool atEnd() const { return !m_failed && m_rest.empty(); }

private:
    ByteView m_rest;
    bool m_failed = false;
};

} // namespace carma
