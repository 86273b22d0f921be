// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/assert.h>
#include <carma/error.h>

#include <optional>
#include <utility>
#include <variant>

namespace carma {

/// A value or the one error that prevented it. A subset of std::expected's names, so that it can become
/// std::expected<T, Error> once the toolchain has a whole one. Dropping a Result is a compiler warning.
template <typename T> class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}     // NOLINT(google-explicit-constructor)
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {} // NOLINT(google-explicit-constructor)
    Result(ErrorCode code, std::string message) : m_state(std::in_place_index<1>, Error{code, std::move(message)}) {}

    [[nodiscard]] bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    /// REQUIRES: has_value()
    [[nodiscard]] T& value() &
    {
        CARMA_ASSERT(has_value());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] const T& value() const&
    {
        CARMA_ASSERT(has_value());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] T&& value() &&
    {
        CARMA_ASSERT(has_value());
        return std::move(*std::get_if<0>(&m_state));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }
    [[nodiscard]] T value_or(T other) const& { return has_value() ? value() : std::move(other); }

    /// REQUIRES: !has_value()
    [[nodiscard]] const Error& error() const&
    {
        CARMA_ASSERT(!has_value());
        return *std::get_if<1>(&m_state);
    }
    [[nodiscard]] Error&& error() &&
    {
        CARMA_ASSERT(!has_value());
        return std::move(*std::get_if<1>(&m_state));
    }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(Error error) : m_error(std::move(error)) {} // NOLINT(google-explicit-constructor)
    Result(ErrorCode code, std::string message) : m_error(Error{code, std::move(message)}) {}

    [[nodiscard]] bool has_value() const { return !m_error.has_value(); }
    explicit operator bool() const { return has_value(); }

    /// REQUIRES: !has_value()
    [[nodiscard]] const Error& error() const&
    {
        CARMA_ASSERT(!has_value());
        return *m_error;
    }
    [[nodiscard]] Error&& error() &&
    {
        CARMA_ASSERT(!has_value());
        return std::move(*m_error);
    }

private:
    std::optional<Error> m_error;
};

} // namespace carma

#define CARMA_CONCAT_INNER(a, b) a##b
#define CARMA_CONCAT(a, b) CARMA_CONCAT_INNER(a, b)

// NOLINTBEGIN(bugprone-macro-parentheses): names and targets that are declared cannot stand in parentheses.

/// Returns the error of `expression` to the caller, if it has one.
#define CARMA_TRY(expression) CARMA_TRY_NAMED(CARMA_CONCAT(carmaTried, __COUNTER__), expression)
#define CARMA_TRY_NAMED(name, expression)                                                                                                  \
    do {                                                                                                                                   \
        auto&& name = (expression);                                                                                                        \
        if (!name.has_value()) {                                                                                                           \
            return std::move(name).error();                                                                                                \
        }                                                                                                                                  \
    } while (false)

/// Declares or assigns `target` from the value of `expression`, or returns its error to the caller.
#define CARMA_TRY_ASSIGN(target, expression) CARMA_TRY_ASSIGN_NAMED(CARMA_CONCAT(carmaTried, __COUNTER__), target, expression)
#define CARMA_TRY_ASSIGN_NAMED(name, target, expression)                                                                                   \
    auto name = (expression);                                                                                                              \
    if (!name.has_value()) {                                                                                                               \
        return std::move(name).error();                                                                                                    \
    }                                                                                                                                      \
    target = std::move(name).value()

// NOLINTEND(bugprone-macro-parentheses)
