// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

class QTableWidget;

namespace carma::gui {

/// Every command with its shortcut.
class ShortcutsPage : public Page {
    Q_OBJECT

public:
    explicit ShortcutsPage(Shell& shell);
    void refresh() override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    Shell& m_shell;
    QTableWidget* m_table;
};

} // namespace carma::gui
