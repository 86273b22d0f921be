// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/widgets.h"

#include <QWizard>

class QCheckBox;
class QLineEdit;
class QSpinBox;

namespace carma::gui {

class StoreSession;

/// Makes a store: place and redundancy, ways to unlock, the recovery code once. Opens the store at the end.
class CreateWizard : public QWizard {
    Q_OBJECT

public:
    CreateWizard(StoreSession& session, QWidget* parent);
    void setFolder(const QString& folder);
    void accept() override;
    void reject() override; ///< not while the store is made; once more to leave an unconfirmed recovery code behind
    [[nodiscard]] QString recoveryCode() const;
    void saveCode(const QString& path); ///< to a new file that nobody else can read; what refuses is told

protected:
    void initializePage(int id) override;
    bool validateCurrentPage() override;

private:
    QWizardPage* placePage();
    QWizardPage* unlockPage();
    QWizardPage* codePage();
    void make();
    void tell(const Problem& problem);

    StoreSession& m_session;
    QLineEdit* m_folder;
    QSpinBox* m_data;
    QSpinBox* m_parity;
    QCheckBox* m_withKeyFile;
    QLineEdit* m_passphrase;
    QLineEdit* m_again;
    QLabel* m_code;
    QLabel* m_keyFile;
    QCheckBox* m_written;
    ProblemPanel* m_problems[2] = {}; ///< of the pages Unlock and Code
    bool m_made = false;
    bool m_making = false;
    bool m_isWarned = false; ///< that the code is gone when the window closes
};

} // namespace carma::gui
