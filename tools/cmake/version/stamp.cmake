# Writes OUTPUT from TEMPLATE with @VERSION@ and @COMMIT@. COMMIT is "unknown" outside of a git checkout, so that a
# tarball builds too; a checkout of another project around this folder is not ours and does not count.
set(COMMIT "unknown")
find_program(GIT git)
if(GIT AND EXISTS "${SOURCE}/.git")
    execute_process(COMMAND "${GIT}" -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
                    OUTPUT_VARIABLE described RESULT_VARIABLE failed
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed AND described MATCHES "^[0-9a-f]+(-dirty)?$")
        set(COMMIT "${described}")
    endif()
endif()
configure_file("${TEMPLATE}" "${OUTPUT}" @ONLY)
