// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/page.h"
#include "graph/graph_page.h"
#include "pages/audit_page.h"
#include "pages/billing_page.h"
#include "pages/healing_page.h"
#include "pages/keys_page.h"
#include "pages/memory_page.h"
#include "pages/overview_page.h"
#include "pages/settings_page.h"
#include "pages/shortcuts_page.h"

#include <QCoreApplication>

namespace carma::gui {

namespace {

template <typename Type> PageEntry entry(const char* id, const char* title, Symbol symbol)
{
    return {id, QCoreApplication::translate("Pages", title), symbol, [](Shell& shell) -> Page* { return new Type(shell); }};
}

} // namespace

std::vector<PageEntry> pageEntries()
{
    return {
        entry<OverviewPage>("overview", QT_TRANSLATE_NOOP("Pages", "Overview"), Symbol::Overview),
        entry<MemoryPage>("memory", QT_TRANSLATE_NOOP("Pages", "Memory"), Symbol::Memory),
        entry<GraphPage>("graph", QT_TRANSLATE_NOOP("Pages", "Graph"), Symbol::Graph),
        entry<HealingPage>("healing", QT_TRANSLATE_NOOP("Pages", "Healing"), Symbol::Healing),
        entry<KeysPage>("keys", QT_TRANSLATE_NOOP("Pages", "Keys"), Symbol::Keys),
        entry<BillingPage>("billing", QT_TRANSLATE_NOOP("Pages", "Billing"), Symbol::Billing),
        entry<AuditPage>("audit", QT_TRANSLATE_NOOP("Pages", "Audit"), Symbol::Audit),
        entry<SettingsPage>("settings", QT_TRANSLATE_NOOP("Pages", "Settings"), Symbol::Settings),
        entry<ShortcutsPage>("shortcuts", QT_TRANSLATE_NOOP("Pages", "Shortcuts"), Symbol::Keyboard),
    };
}

} // namespace carma::gui
