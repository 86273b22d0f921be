// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <memory>

/// Registers a QtTest class under the name of its file (without folder and extension), which is its ctest name:
/// CARMA_TEST_CLASS(TestFoo, "test_foo"). Runs without an event loop.
namespace carma::test {

struct Registration {
    Registration(const char* name, std::function<std::unique_ptr<QObject>()> make);
};

} // namespace carma::test

#define CARMA_TEST_CLASS(type, name)                                                                                                       \
    namespace {                                                                                                                            \
    const carma::test::Registration registration##type(name, [] { return std::make_unique<type>(); });                                     \
    }

/// QVERIFY for a carma::Result that prints the error's message.
#define VERIFY_OK(expression)                                                                                                              \
    do {                                                                                                                                   \
        auto&& carmaResult = (expression);                                                                                                 \
        QVERIFY2(carmaResult.has_value(), carmaResult.has_value() ? "" : carmaResult.error().message.c_str());                             \
    } while (false)

/// Compares a failed Result's code.
#define COMPARE_ERROR(expression, expectedCode)                                                                                            \
    do {                                                                                                                                   \
        auto&& carmaResult = (expression);                                                                                                 \
        QVERIFY2(!carmaResult.has_value(), "expected an error");                                                                           \
        QVERIFY2(carmaResult.error().code == (expectedCode), carmaResult.error().message.c_str());                                         \
    } while (false)
