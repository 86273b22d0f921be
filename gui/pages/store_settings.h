// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"
#include "pages/rows_model.h"

#include <carma/plugins.h>
#include <carma/secret_bytes.h>

#include <optional>

class QLabel;
class QPushButton;
class QTableView;

namespace carma::gui {

/// What belongs to the open store: its embedder, its shard folders and their room, its passphrase, diagnostics; and the plugins of this
/// machine, which can be tried.
class StoreSettings : public QWidget {
    Q_OBJECT

public:
    explicit StoreSettings(Shell& shell);
    void refresh();
    void reset();
    void changePassphrase();
    void testPlugin(); ///< the chosen one

private:
    struct Answer;
    void show(const Answer& answer);
    void keepPassphrase(SecretBytes passphrase);
    void showReport(const PluginReport& report);

    Shell& m_shell;
    QLabel* m_embedder;
    QLabel* m_folders;
    QPushButton* m_change;
    QPushButton* m_rebuild;
    RowsModel<PluginInfo>* m_plugins;
    QTableView* m_table;
    QLabel* m_advice;
};

} // namespace carma::gui
