# The house's build rules.
#
#   house_module(<name> SOURCES ... USES ... EXTERNAL_PUBLIC ... EXTERNAL_PRIVATE ...)
#   house_test(<name> SOURCES ... USES ... [EXTERNAL ...] [PROGRAMS ...] [LABELS ...] [TIMEOUT seconds])
#
# HOUSE_TABLE (top of the root CMakeLists) says which module may use what; this file refuses the rest.
# Every module gets, beside its library certledger_<name>:
#   headers_<name>     each public header compiled alone, with the module's include roots only
#   house_link_<name>  the whole archive and its declared uses linked into an empty main
# Both are part of a full build when BUILD_TESTING is on, and gathered in house_headers and house_links.
include_guard(GLOBAL)

include(HouseCompiler)
include(HouseExternal)
include(HouseTable)
include(HouseNets)

# Reports what is missing: an error in a finished house, a line and a skip while it is being written.
macro(house_missing text)
    if(HOUSE_MAY_BE_UNFINISHED)
        message(STATUS "House: skipped: ${text}")
    else()
        message(FATAL_ERROR "House: ${text}")
    endif()
endmacro()

# Sets <out> to the first thing named in USES or SOURCES that is not there, or to nothing.
function(house_first_absent out uses sources)
    set(${out} "" PARENT_SCOPE)
    foreach(use IN LISTS uses)
        house_target_of(${use} target)
        if(NOT TARGET ${target})
            set(${out} "module '${use}'" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    foreach(source IN LISTS sources)
        if(NOT IS_ABSOLUTE "${source}" AND NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
            set(${out} "source '${source}'" PARENT_SCOPE)
            return()
        endif()
    endforeach()
endfunction()

# house_module(<name> SOURCES ... USES ... EXTERNAL_PUBLIC ... EXTERNAL_PRIVATE ...)
# A row of kind "library" becomes a static library (or an interface one when it has no sources) named
# certledger_<name>; a row of kind "program" becomes an executable in bin/.
function(house_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;EXTERNAL_PUBLIC;EXTERNAL_PRIVATE")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "House: module '${name}': words that belong to no keyword: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    house_check_row(${name} "${arg_USES}" "${arg_EXTERNAL_PUBLIC}" "${arg_EXTERNAL_PRIVATE}")

    house_first_absent(absent "${arg_USES}" "${arg_SOURCES}")
    if(absent)
        house_missing("module '${name}' needs ${absent}, which does not exist")
        return()
    endif()

    house_target_of(${name} target)
    house_targets_of(use_targets ${arg_USES})
    house_externals(public_targets ${arg_EXTERNAL_PUBLIC})
    house_externals(private_targets ${arg_EXTERNAL_PRIVATE})
    set(root "${CMAKE_CURRENT_SOURCE_DIR}/include")

    if(HOUSE_KIND_${name} STREQUAL "program")
        add_executable(${target} ${arg_SOURCES})
        string(REPLACE "_" "-" output "${target}")
        set_target_properties(${target} PROPERTIES OUTPUT_NAME "${output}"
                              RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
        target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
        if(EXISTS "${root}")
            target_include_directories(${target} PRIVATE "${root}")
        endif()
        target_link_libraries(${target} PRIVATE house_flags ${use_targets} ${public_targets} ${private_targets})
        return()
    endif()

    if(arg_SOURCES)
        add_library(${target} STATIC ${arg_SOURCES})
        target_include_directories(${target} PUBLIC "${root}" PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
        target_link_libraries(${target} PUBLIC ${use_targets} ${public_targets}
                              PRIVATE house_flags ${private_targets})
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target} INTERFACE "${root}")
        target_link_libraries(${target} INTERFACE ${use_targets} ${public_targets})
    endif()

    if(BUILD_TESTING)
        house_net_headers(${name} ${target} "${root}")
        house_net_link(${name} ${target} "${arg_SOURCES}")
    endif()
endfunction()

# house_test(<name> SOURCES ... USES ... [EXTERNAL ...] [PROGRAMS ...] [LABELS ...] [TIMEOUT seconds])
# One executable test_<name> with Catch's shared main, registered with ctest under <name>.
# CERTLEDGER_TEST_DIR is the folder of the test's CMakeLists (golden files, scenario tables). PROGRAMS are rows
# of kind "program" that are built first; the environment variable CERTLEDGER_BIN_DIR says where they are.
function(house_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;USES;EXTERNAL;PROGRAMS;LABELS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "House: test '${name}': words that belong to no keyword: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set(needed ${arg_USES} ${arg_PROGRAMS})
    house_first_absent(absent "${needed}" "${arg_SOURCES}")
    if(absent)
        house_missing("test '${name}' needs ${absent}, which does not exist")
        return()
    endif()

    house_targets_of(use_targets ${arg_USES})
    house_externals(external_targets ${arg_EXTERNAL})
    add_executable(test_${name} ${arg_SOURCES})
    set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    target_include_directories(test_${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
    target_compile_definitions(test_${name} PRIVATE CERTLEDGER_TEST_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(test_${name} PRIVATE house_flags certledger_test_support ${use_targets} ${external_targets})
    foreach(program IN LISTS arg_PROGRAMS)
        house_target_of(${program} program_target)
        add_dependencies(test_${name} ${program_target})
    endforeach()

    add_test(NAME ${name} COMMAND test_${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}"
                         ENVIRONMENT "CERTLEDGER_BIN_DIR=${PROJECT_BINARY_DIR}/bin")
endfunction()

# Enters every folder of the table, in the table's order.
function(house_build_modules)
    foreach(name IN LISTS HOUSE_MODULES)
        if(EXISTS "${PROJECT_SOURCE_DIR}/${HOUSE_FOLDER_${name}}/CMakeLists.txt")
            add_subdirectory("${HOUSE_FOLDER_${name}}")
        else()
            house_missing("module '${name}': there is no ${HOUSE_FOLDER_${name}}/CMakeLists.txt")
        endif()
    endforeach()
endfunction()
