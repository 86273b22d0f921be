// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <QTest>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace carma::test {

namespace {
std::multimap<std::string, std::function<std::unique_ptr<QObject>()>>& registry()
{
    static std::multimap<std::string, std::function<std::unique_ptr<QObject>()>> tests;
    return tests;
}
} // namespace

Registration::Registration(const char* name, std::function<std::unique_ptr<QObject>()> make) { registry().emplace(name, std::move(make)); }

} // namespace carma::test

/// usage: EXECUTABLE [--only FILE_NAME] [QtTest options]
int main(int argc, char** argv)
{
    std::string only;
    std::vector<char*> rest{argv[0]};
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];
        } else {
            rest.push_back(argv[i]);
        }
    }
    int failures = 0;
    int ran = 0;
    for (const auto& [name, make] : carma::test::registry()) {
        if (only.empty() || only == name) {
            const auto test = make();
            failures += QTest::qExec(test.get(), static_cast<int>(rest.size()), rest.data());
            ++ran;
        }
    }
    if (ran == 0) {
        std::fprintf(stderr, "no test is called %s\n", only.c_str());
        return 2;
    }
    return failures == 0 ? 0 : 1;
}
