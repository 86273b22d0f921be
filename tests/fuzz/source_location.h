// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Clang before 15 lacks the builtin that the standard library makes std::source_location of, but has its parts. The fuzz
/// preset includes this file before every source, so that the core needs to know nothing of it.
#if defined(__clang__) && !__has_builtin(__builtin_source_location)
#include <cstdint>

namespace std { // NOLINT(cert-dcl58-cpp): the library leaves the name out with this compiler

class source_location {
public:
    static constexpr source_location current(
        const char* file = __builtin_FILE(), const char* function = __builtin_FUNCTION(), uint_least32_t line = __builtin_LINE()) noexcept
    {
        source_location place;
        place.m_file = file;
        place.m_function = function;
        place.m_line = line;
        return place;
    }
    [[nodiscard]] constexpr const char* file_name() const noexcept { return m_file; }
    [[nodiscard]] constexpr const char* function_name() const noexcept { return m_function; }
    [[nodiscard]] constexpr uint_least32_t line() const noexcept { return m_line; }
    [[nodiscard]] constexpr uint_least32_t column() const noexcept { return 0; }

private:
    const char* m_file = "";
    const char* m_function = "";
    uint_least32_t m_line = 0;
};

} // namespace std
#endif
