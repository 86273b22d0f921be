// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/widgets.h"

#include <QDialog>

class QButtonGroup;
class QCheckBox;
class QFormLayout;
class QLineEdit;

namespace carma::gui {

class StoreSession;
struct Settings;

/// Opens a store: where it is, and which of its three ways in is used. Stays until the store is open, and says what went wrong.
class UnlockDialog : public QDialog {
    Q_OBJECT

public:
    UnlockDialog(StoreSession& session, const QString& path, QWidget* parent);
    /// Fills in what is known of the store whose folder is typed. `settings` must outlive the dialog.
    void useProfiles(const Settings& settings);
    void attempt(); ///< as if "Open" was pressed
    [[nodiscard]] ProblemPanel* problems() const { return m_problems; }

private:
    void buildWays(QFormLayout* form);
    void follow(Remedy remedy);
    void setBusy(bool busy);
    void chooseFolder();
    void chooseKeyFile();

    StoreSession& m_session;
    ProblemPanel* m_problems;
    QLineEdit* m_path;
    QButtonGroup* m_ways;
    QLineEdit* m_keyFile;
    QLineEdit* m_passphrase;
    QLineEdit* m_code;
    QCheckBox* m_readOnly;
    QPushButton* m_open;
    QLabel* m_profile; ///< name and mark of the store
};

} // namespace carma::gui
